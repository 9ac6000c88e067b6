import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  ConflictException,
  CreateEncoderConfigurationCommand,
  CreateIngestConfigurationCommand,
  CreateParticipantTokenCommand,
  CreateStageCommand,
  CreateStorageConfigurationCommand,
  DeleteEncoderConfigurationCommand,
  DeleteIngestConfigurationCommand,
  DeletePublicKeyCommand,
  DeleteStageCommand,
  DeleteStorageConfigurationCommand,
  DisconnectParticipantCommand,
  GetEncoderConfigurationCommand,
  GetIngestConfigurationCommand,
  GetParticipantCommand,
  GetPublicKeyCommand,
  GetStageCommand,
  GetStageSessionCommand,
  GetStorageConfigurationCommand,
  ImportPublicKeyCommand,
  IVSRealTimeClient,
  ListParticipantEventsCommand,
  ListParticipantReplicasCommand,
  ListParticipantsCommand,
  ListStageSessionsCommand,
  ListStagesCommand,
  ListStorageConfigurationsCommand,
  ListTagsForResourceCommand,
  paginateListEncoderConfigurations,
  paginateListIngestConfigurations,
  paginateListParticipantReplicas,
  paginateListPublicKeys,
  paginateListStages,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  StartParticipantReplicationCommand,
  StopParticipantReplicationCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateIngestConfigurationCommand,
  UpdateStageCommand,
  ValidationException,
} from '@aws-sdk/client-ivs-realtime';
import { connectEvents } from '../support/events-socket.ts';
import { type ServerProcess, startServer, testAccessKey, withEncoders } from '../support/server.ts';

describe('The JavaScript SDK against a running server', () => {
  let server: ServerProcess;
  let client: IVSRealTimeClient;

  before(async () => {
    server = await startServer({ env: withEncoders });
    client = server.client;
  });
  after(() => server?.stop());

  test('creates, reads, updates and deletes stages', async () => {
    const { stage } = await client.send(new CreateStageCommand({ name: 'show', tags: { team: 'red' } }));
    const { port } = new URL(server.endpoint);
    const id = stage?.arn?.split('/')[1];
    assert.deepEqual(stage?.endpoints, {
      events: `ws://127.0.0.1:${port}/events`,
      whip: `http://127.0.0.1:${port}/whip/${id}`,
      ...server.announcement.ingest,
    });
    assert.match(stage.endpoints.rtmp ?? '', /^rtmp:\/\/127\.0\.0\.1:\d+\/app\/$/);
    assert.match(stage.endpoints.rtmps ?? '', /^rtmps:\/\/127\.0\.0\.1:\d+\/app\/$/);
    const { arn } = stage;
    assert.deepEqual((await client.send(new GetStageCommand({ arn }))).stage, stage);
    const updated = await client.send(new UpdateStageCommand({ arn, name: 'late-show' }));
    assert.deepEqual(updated.stage, { ...stage, name: 'late-show' });
    await client.send(new DeleteStageCommand({ arn }));
    await assert.rejects(client.send(new GetStageCommand({ arn })), ResourceNotFoundException);
    await assert.rejects(client.send(new DeleteStageCommand({ arn })), ResourceNotFoundException);
  });

  test('pages through more stages than fit on a page', async () => {
    const created = await Promise.all(
      Array.from({ length: 7 }, (_, index) => client.send(new CreateStageCommand({ name: `page-${index}` }))),
    );
    const seen: (string | undefined)[] = [];
    for await (const { stages = [] } of paginateListStages({ client, pageSize: 3 }, {})) {
      assert.ok(stages.length <= 3);
      seen.push(...stages.map(({ arn }) => arn));
    }
    assert.equal(new Set(seen).size, seen.length);
    for (const { stage } of created) assert.ok(seen.includes(stage?.arn));
    await assert.rejects(client.send(new ListStagesCommand({ nextToken: 'made-up' })), ValidationException);
  });

  test('makes participant tokens that let in', async () => {
    const { stage, participantTokens = [] } = await client.send(
      new CreateStageCommand({ participantTokenConfigurations: [{ userId: 'alice' }, { userId: 'bob' }] }),
    );
    assert.deepEqual(
      participantTokens.map(({ userId }) => userId),
      ['alice', 'bob'],
    );
    const { participantToken } = await client.send(
      new CreateParticipantTokenCommand({ stageArn: stage?.arn, userId: 'carol', duration: 1 }),
    );
    assert.ok(participantToken?.expirationTime instanceof Date);
    for (const { token = '' } of [...participantTokens, participantToken]) await connectEvents(token);
    const { stage: joined } = await client.send(new GetStageCommand({ arn: stage?.arn }));
    assert.notEqual(joined?.activeSessionId, '');
  });

  test('tells the history of a stage', async () => {
    const { stage, participantTokens: [alice] = [] } = await client.send(
      new CreateStageCommand({ participantTokenConfigurations: [{ userId: 'alice' }] }),
    );
    const { arn: stageArn } = stage ?? {};
    const { participantId } = alice ?? {};
    const socket = await connectEvents(alice?.token ?? '');
    const { stageSessions: [session] = [] } = await client.send(new ListStageSessionsCommand({ stageArn }));
    const { sessionId } = session ?? {};
    assert.ok(session?.startTime instanceof Date);
    const { stageSession } = await client.send(new GetStageSessionCommand({ stageArn, sessionId }));
    assert.deepEqual(stageSession, session);

    await client.send(new DisconnectParticipantCommand({ stageArn, participantId, reason: 'over' }));
    assert.deepEqual(await socket.closed, { code: 4100, reason: 'participant-disconnected' });
    const { participants } = await client.send(
      new ListParticipantsCommand({ stageArn, sessionId, filterByState: 'DISCONNECTED' }),
    );
    assert.deepEqual(
      participants?.map(({ userId }) => userId),
      ['alice'],
    );
    const { participant } = await client.send(new GetParticipantCommand({ stageArn, sessionId, participantId }));
    assert.equal(participant?.state, 'DISCONNECTED');
    const { events } = await client.send(new ListParticipantEventsCommand({ stageArn, sessionId, participantId }));
    assert.deepEqual(
      events?.map(({ name }) => name),
      ['LEFT', 'JOINED'],
    );
    await assert.rejects(connectEvents(alice?.token ?? ''), /closed with 4010 PARTICIPANT_DISCONNECTED/);
  });

  test('asks for replications, and is told why there is none', async () => {
    const create = new CreateStageCommand({ participantTokenConfigurations: [{ userId: 'host' }] });
    const { stage: source, participantTokens: [host] = [] } = await client.send(create);
    const { stage: destination } = await client.send(new CreateStageCommand());
    const { participantId } = host ?? {};
    const replication = { sourceStageArn: source?.arn, destinationStageArn: destination?.arn, participantId };
    const start = new StartParticipantReplicationCommand({ ...replication, attributes: { role: 'rival' } });
    await assert.rejects(client.send(start), ResourceNotFoundException);
    await connectEvents(host?.token ?? '');
    await assert.rejects(client.send(start), (error) => {
      assert.ok(error instanceof ValidationException);
      assert.equal(error.message, 'The participant is not publishing');
      return true;
    });
    const stop = new StopParticipantReplicationCommand(replication);
    await assert.rejects(client.send(stop), ResourceNotFoundException);

    const list = { sourceStageArn: source?.arn, participantId };
    assert.deepEqual((await client.send(new ListParticipantReplicasCommand(list))).replicas, []);
    for await (const { replicas } of paginateListParticipantReplicas({ client, pageSize: 50 }, list)) {
      assert.deepEqual(replicas, []);
    }
    const unknown = new ListParticipantReplicasCommand({ ...list, sourceStageArn: `${source?.arn}x` });
    await assert.rejects(client.send(unknown), ValidationException);
  });

  test('keeps storage configurations that stages use', async () => {
    const { storageConfiguration } = await client.send(
      new CreateStorageConfigurationCommand({ name: 'archive', s3: { bucketName: 'show-archive' } }),
    );
    const { arn } = storageConfiguration ?? {};
    const read = await client.send(new GetStorageConfigurationCommand({ arn }));
    assert.deepEqual(read.storageConfiguration, storageConfiguration);
    const { storageConfigurations } = await client.send(new ListStorageConfigurationsCommand({ maxResults: 1 }));
    assert.deepEqual(storageConfigurations, [storageConfiguration]);

    const { stage } = await client.send(
      new CreateStageCommand({ autoParticipantRecordingConfiguration: { storageConfigurationArn: arn } }),
    );
    const remove = new DeleteStorageConfigurationCommand({ arn });
    await assert.rejects(client.send(remove), ConflictException);
    await client.send(new DeleteStageCommand({ arn: stage?.arn }));
    await client.send(remove);
    await assert.rejects(client.send(new GetStorageConfigurationCommand({ arn })), ResourceNotFoundException);
  });

  test('keeps encoder configurations', async () => {
    const { encoderConfiguration } = await client.send(
      new CreateEncoderConfigurationCommand({
        name: 'full-hd',
        video: { width: 1920, height: 1080, framerate: 29.97 },
      }),
    );
    assert.deepEqual(encoderConfiguration?.video, { width: 1920, height: 1080, framerate: 29.97, bitrate: 2_500_000 });
    const { arn } = encoderConfiguration ?? {};
    const read = await client.send(new GetEncoderConfigurationCommand({ arn }));
    assert.deepEqual(read.encoderConfiguration, encoderConfiguration);
    await client.send(new CreateEncoderConfigurationCommand({ name: 'second' }));
    const names: (string | undefined)[] = [];
    for await (const { encoderConfigurations = [] } of paginateListEncoderConfigurations({ client, pageSize: 1 }, {})) {
      names.push(...encoderConfigurations.map(({ name }) => name));
    }
    assert.deepEqual(names, ['second', 'full-hd']);
    await assert.rejects(
      client.send(new CreateEncoderConfigurationCommand({ video: { width: 1279 } })),
      (error) => error instanceof ValidationException && /must be even, not 1279/.test(error.message),
    );
    await client.send(new DeleteEncoderConfigurationCommand({ arn }));
    await assert.rejects(client.send(new GetEncoderConfigurationCommand({ arn })), ResourceNotFoundException);
  });

  test('keeps ingest configurations, which follow their stage', async () => {
    const { stage } = await client.send(new CreateStageCommand());
    const { ingestConfiguration } = await client.send(
      new CreateIngestConfigurationCommand({ ingestProtocol: 'RTMPS', stageArn: stage?.arn, redundantIngest: true }),
    );
    assert.equal(ingestConfiguration?.redundantIngestCredentials?.length, 2);
    const { arn } = ingestConfiguration;
    const read = async () => (await client.send(new GetIngestConfigurationCommand({ arn }))).ingestConfiguration;
    assert.deepEqual(await read(), ingestConfiguration);

    const { participantId } = ingestConfiguration.redundantIngestCredentials[1] ?? {};
    await client.send(new DisconnectParticipantCommand({ stageArn: stage?.arn, participantId }));
    assert.deepEqual(await read(), { ...ingestConfiguration, stageArn: '' });
    const attach = new UpdateIngestConfigurationCommand({ arn, stageArn: stage?.arn });
    const attached = await client.send(attach);
    assert.deepEqual(attached.ingestConfiguration, ingestConfiguration);
    await client.send(new DeleteStageCommand({ arn: stage?.arn }));
    assert.deepEqual(await read(), { ...ingestConfiguration, stageArn: '' });
    await assert.rejects(client.send(attach), ResourceNotFoundException);

    await client.send(new CreateIngestConfigurationCommand({ ingestProtocol: 'RTMP', insecureIngest: true }));
    const protocols: (string | undefined)[] = [];
    for await (const { ingestConfigurations = [] } of paginateListIngestConfigurations({ client, pageSize: 1 }, {})) {
      protocols.push(...ingestConfigurations.map(({ ingestProtocol }) => ingestProtocol));
    }
    assert.deepEqual(protocols, ['RTMP', 'RTMPS']);
    await client.send(new DeleteIngestConfigurationCommand({ arn }));
    await assert.rejects(read(), ResourceNotFoundException);
  });

  test('sends the headers that newer models show as members of these answers', async () => {
    const watched = server.clientWith(testAccessKey);
    let headers: Record<string, string> = {};
    watched.middlewareStack.add(
      (next) => async (call) => {
        const answered = await next(call);
        headers = (answered.response as { headers: Record<string, string> }).headers;
        return answered;
      },
      { step: 'deserialize' },
    );
    const { ingestConfiguration } = await watched.send(
      new CreateIngestConfigurationCommand({ ingestProtocol: 'RTMPS' }),
    );
    assertHasHeaderMembers(headers);
    headers = {};
    await watched.send(new UpdateIngestConfigurationCommand({ arn: ingestConfiguration?.arn }));
    assertHasHeaderMembers(headers);
    watched.destroy();
  });

  test('keeps three public keys', async () => {
    const made = [];
    for (const name of ['first', 'second', 'third']) {
      const { publicKey } = await client.send(
        new ImportPublicKeyCommand({ name, publicKeyMaterial: newPublicKeyMaterial() }),
      );
      made.unshift(publicKey);
    }
    const [third, , first] = made;
    const { publicKey } = await client.send(new GetPublicKeyCommand({ arn: first?.arn }));
    assert.deepEqual(publicKey, first);
    const seen = [];
    for await (const { publicKeys = [] } of paginateListPublicKeys({ client, pageSize: 2 }, {}))
      seen.push(...publicKeys);
    assert.deepEqual(
      seen,
      made.map((key) => ({ arn: key?.arn, name: key?.name, tags: {} })),
    );

    const fourth = new ImportPublicKeyCommand({ publicKeyMaterial: newPublicKeyMaterial() });
    await assert.rejects(client.send(fourth), ServiceQuotaExceededException);
    const again = new ImportPublicKeyCommand({ publicKeyMaterial: third?.publicKeyMaterial });
    await assert.rejects(client.send(again), ConflictException);
    const noKey = new ImportPublicKeyCommand({ publicKeyMaterial: third?.publicKeyMaterial?.replace('MHYw', 'MHYx') });
    await assert.rejects(client.send(noKey), ValidationException);
    await client.send(new DeletePublicKeyCommand({ arn: first?.arn }));
    await assert.rejects(client.send(new DeletePublicKeyCommand({ arn: first?.arn })), ResourceNotFoundException);
    await client.send(fourth);
  });

  test('revokes connection tokens', async () => {
    await revokeConnectionToken(client, 'phone-000017');
    await revokeConnectionToken(client, 'phone-000017');
    await assert.rejects(revokeConnectionToken(client, 'a b'), ValidationException);
  });

  test('tags resources', async () => {
    const { stage } = await client.send(new CreateStageCommand({ tags: { team: 'red' } }));
    const resourceArn = stage?.arn;
    await client.send(new TagResourceCommand({ resourceArn, tags: { team: 'blue', 'cost center': 'ü/€' } }));
    const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn }));
    assert.deepEqual(tags, { team: 'blue', 'cost center': 'ü/€' });
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['cost center'] }));
    assert.deepEqual((await client.send(new GetStageCommand({ arn: resourceArn }))).stage?.tags, { team: 'blue' });
  });

  test('finds the stages of one region only there', async (t) => {
    const { stage } = await client.send(new CreateStageCommand());
    const abroad = new IVSRealTimeClient({
      endpoint: server.endpoint,
      region: 'eu-west-1',
      credentials: testAccessKey,
    });
    t.after(() => abroad.destroy());
    await assert.rejects(abroad.send(new GetStageCommand({ arn: stage?.arn })), ResourceNotFoundException);
    assert.deepEqual((await abroad.send(new ListStagesCommand())).stages, []);
  });
});

function assertHasHeaderMembers(headers: Record<string, string>): void {
  assert.equal(headers['access-control-allow-origin'], '*');
  assert.match(headers['access-control-expose-headers'] ?? '', /x-amzn-errortype/);
  assert.equal(headers['cache-control'], 'no-store, no-cache');
  assert.equal(headers['content-security-policy'], "default-src 'self'; upgrade-insecure-requests;");
  assert.equal(headers['strict-transport-security'], 'max-age:47304000; includeSubDomains');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['x-frame-options'], 'DENY');
}

function newPublicKeyMaterial(): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  return String(publicKey.export({ type: 'spki', format: 'pem' }));
}

/** The SDK does not know the operation yet: a call without an answer is sent to another address with another body. */
async function revokeConnectionToken(client: IVSRealTimeClient, tokenId: string): Promise<void> {
  const command = new DeleteStageCommand({ arn: '-' });
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { path: string; body: string };
      request.path = '/RevokeConnectionToken';
      request.body = JSON.stringify({ tokenId });
      return next(args);
    },
    { step: 'serialize', priority: 'low' },
  );
  await client.send(command);
}

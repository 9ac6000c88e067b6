import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { ConflictException } from '@proscenium/model';
import { HandClock } from '../hand-clock.fixture.ts';
import {
  type ApiServerOptions,
  createStageRequest,
  silentLogger,
  stage,
  startApiServer,
} from '../http/api-server.fixture.ts';
import type { Handlers } from '../http/handlers.ts';
import { Throttle } from '../http/throttle.ts';
import { defaultThrottleRates } from '../http/throttle-rates.ts';
import { createAccessKeys } from '../identity/access-keys.ts';
import { accessKey, presign, sign } from '../identity/signer.fixture.ts';
import { AuditLog } from './audit-log.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const start = '2026-11-21T12:00:00Z';
const token = 'eyJhbGciOiJFUzM4NCJ9.payload.signature';
const tagsPath = `/tags/${encodeURIComponent(stage.arn)}`;

const handlers: Handlers = {
  CreateStage: async ({ name }) => ({
    stage: { ...stage, name },
    participantTokens: [{ participantId: 'pHostAAAA001', token, expirationTime: new Date(start) }],
  }),
  GetStage: async () => ({ stage }),
  DeleteStage: async () => {
    throw new ConflictException('The stage is in use');
  },
  ListStages: async () => {
    throw new TypeError('The disk of db.internal is full');
  },
  TagResource: async () => ({}),
};

/** A server of the API with an audit log, and what is in that once the server has ended. */
async function startAudited(t: TestContext, options: ApiServerOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-audit-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'audit.log');
  const clock = new HandClock(start);
  const regions = ['us-west-2', 'eu-west-1'];
  const audit = await AuditLog.open({
    file,
    clock,
    logger: silentLogger,
    accessKeys: createAccessKeys([accessKey]),
    regions,
  });
  const server = await startApiServer(t, { handlers, clock, regions, audit, ...options });
  async function records() {
    await server.fastify.close();
    await audit.close();
    const text = await readFile(file, 'utf8');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }
  return { ...server, clock, records };
}

describe('The audit log', () => {
  test('has a record of a call in the form of CloudTrail, without the token that it made', async (t) => {
    const { call, records } = await startAudited(t);
    const headers = { ...createStageRequest.headers, 'user-agent': 'aws-cli/2.31' };
    const answer = await call({ headers, body: '{"name":"friday-show","unknown":1}' });
    assert.ok(answer.text.includes(token));
    const [record, ...more] = await records();
    assert.deepEqual(more, []);
    const { eventID, ...rest } = record;
    assert.match(eventID, uuid);
    assert.deepEqual(rest, {
      eventVersion: '1.11',
      userIdentity: {
        type: 'IAMUser',
        arn: 'arn:aws:iam::123456789012:user/default',
        accountId: '123456789012',
        accessKeyId: accessKey.accessKeyId,
        userName: 'default',
      },
      eventTime: start,
      eventSource: 'ivs.amazonaws.com',
      eventName: 'CreateStage',
      awsRegion: 'us-west-2',
      sourceIPAddress: '127.0.0.1',
      userAgent: 'aws-cli/2.31',
      requestParameters: { name: 'friday-show' },
      responseElements: {
        stage: { ...stage, name: 'friday-show' },
        participantTokens: [
          { participantId: 'pHostAAAA001', token: 'HIDDEN_DUE_TO_SECURITY_REASONS', expirationTime: start },
        ],
      },
      requestID: answer.headers['x-amzn-requestid'],
      readOnly: false,
      resources: [{ accountId: '123456789012', type: 'AWS::IVS::Stage', ARN: stage.arn }],
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '123456789012',
      eventCategory: 'Management',
    });
  });

  test('does not repeat what a caller looked at', async (t) => {
    const { call, records } = await startAudited(t);
    await call({ path: '/GetStage', body: JSON.stringify({ arn: stage.arn }) });
    const [{ readOnly, requestParameters, responseElements, resources }] = await records();
    assert.deepEqual(
      { readOnly, requestParameters, responseElements },
      {
        readOnly: true,
        requestParameters: { arn: stage.arn },
        responseElements: null,
      },
    );
    assert.equal(resources.length, 1);
  });

  test('tells what was asked for in the path, and the resource that it names', async (t) => {
    const { call, records } = await startAudited(t);
    const strange = tagsPath.replace('stage', 'thing');
    for (const path of [tagsPath, strange]) await call({ path, body: '{"tags":{"arn":"arn:aws:ivs:x:1:stage/a"}}' });
    const [tagged, unknown] = await records();
    assert.equal(tagged.requestParameters.resourceArn, stage.arn);
    assert.deepEqual(
      tagged.resources.map(({ ARN }: { ARN: string }) => ARN),
      [stage.arn],
    );
    assert.deepEqual(unknown.resources, []);
  });

  test('has the calls in the order in which they ended', async (t) => {
    const slow = Promise.withResolvers<void>();
    const waiting = Promise.withResolvers<void>();
    const { call, records } = await startAudited(t, {
      handlers: {
        CreateStage: async ({ name }) => {
          if (name === 'slow') {
            waiting.resolve();
            await slow.promise;
          }
          return { stage: { ...stage, name } };
        },
      },
    });
    const first = call({ body: '{"name":"slow"}' });
    await waiting.promise;
    await call({ body: '{"name":"quick"}' });
    slow.resolve();
    await first;
    const names = (await records()).map(({ requestParameters }) => requestParameters.name);
    assert.deepEqual(names, ['quick', 'slow']);
  });

  test('has a call that an operation refuses, with the reason that the caller was told', async (t) => {
    const { call, records } = await startAudited(t);
    await call({ path: '/DeleteStage', body: JSON.stringify({ arn: stage.arn }) });
    await call({ path: '/ListStages' });
    const [refused, failed] = await records();
    assert.equal(refused.errorCode, 'ConflictException');
    assert.equal(refused.errorMessage, 'The stage is in use');
    assert.equal(refused.responseElements, null);
    assert.equal(refused.resources[0].ARN, stage.arn);
    assert.equal(failed.errorCode, 'InternalServerException');
    assert.equal(failed.errorMessage, 'Unexpected failure');
  });

  test('has a request that breaks the rules, without what was in it', async (t) => {
    const { call, records } = await startAudited(t);
    await call({ body: '{"name":"a b"}' });
    await call({ body: '{' });
    await call({ path: '/GetComposition' });
    const found = (await records()).map(({ errorCode, requestParameters, userIdentity }) => {
      return [errorCode, requestParameters, userIdentity.userName];
    });
    assert.deepEqual(found, [
      ['ValidationException', null, 'default'],
      ['SerializationException', null, 'default'],
      ['NotImplementedException', null, 'default'],
    ]);
  });

  test('has a throttled call', async (t) => {
    const rates = { ...defaultThrottleRates, CreateStage: 1 };
    const { call, records } = await startAudited(t, { throttle: new Throttle(rates) });
    await call({});
    await call({});
    const [, throttled] = await records();
    assert.equal(throttled.errorCode, 'ThrottlingException');
    assert.equal(throttled.userIdentity.userName, 'default');
  });

  test('has a call whose signature is wrong, as from somebody unknown who claims a key and a region', async (t) => {
    const { send, clock, records } = await startAudited(t);
    const signing = { signingDate: clock.now() };
    const wrong = { ...accessKey, secretAccessKey: 'not-the-secret' };
    const stranger = { ...accessKey, accessKeyId: 'PRSCSTRANGERSTRANGER' };
    await send(await sign(createStageRequest, { ...signing, key: wrong }));
    await send(await presign(createStageRequest, { ...signing, key: stranger, region: 'eu-west-1' }));
    await send(await sign(createStageRequest, { ...signing, region: 'mars-north-1' }));
    await send({ method: 'POST', url: '/CreateStage', headers: { host: 'localhost' }, body: Buffer.from('{}') });
    const found = (await records()).map(({ errorCode, userIdentity, awsRegion }) => {
      return { errorCode, userIdentity, awsRegion };
    });
    const unknown = (accessKeyId: string) => ({ type: 'Unknown', accessKeyId });
    assert.deepEqual(found, [
      {
        errorCode: 'InvalidSignatureException',
        userIdentity: unknown(accessKey.accessKeyId),
        awsRegion: 'us-west-2',
      },
      {
        errorCode: 'UnrecognizedClientException',
        userIdentity: unknown(stranger.accessKeyId),
        awsRegion: 'eu-west-1',
      },
      {
        errorCode: 'InvalidSignatureException',
        userIdentity: unknown(accessKey.accessKeyId),
        awsRegion: undefined,
      },
      { errorCode: 'MissingAuthenticationTokenException', userIdentity: { type: 'Unknown' }, awsRegion: undefined },
    ]);
  });

  test('does not take down a secret that somebody gives for an access key id', async (t) => {
    const { send, clock, records } = await startAudited(t);
    const mixedUp = { ...accessKey, accessKeyId: accessKey.secretAccessKey };
    await send(await sign(createStageRequest, { signingDate: clock.now(), key: mixedUp }));
    const [record] = await records();
    assert.deepEqual(record.userIdentity, { type: 'Unknown' });
    assert.ok(!JSON.stringify(record).includes(accessKey.secretAccessKey));
  });

  test('has a call whose caller went away', async (t) => {
    const { port, records } = await startAudited(t);
    const socket = connect(port, '127.0.0.1');
    socket.end('POST /CreateStage HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{');
    await new Promise((resolve) => socket.on('close', resolve).resume());
    const [record] = await records();
    assert.equal(record.errorCode, 'MalformedHttpRequestException');
    assert.equal(record.sourceIPAddress, '127.0.0.1');
  });

  test('has nothing about requests that are no calls of the API', async (t) => {
    const { call, send, records } = await startAudited(t);
    await call({ path: '/Anything' });
    await send({ method: 'OPTIONS', url: '/CreateStage', headers: { host: 'localhost' }, body: Buffer.alloc(0) });
    assert.deepEqual(await records(), []);
  });

  test('leaves out what is too long, and keeps one line for a record', async (t) => {
    const { call, records } = await startAudited(t);
    const attributes = { text: 'x'.repeat(200_000) };
    const headers = { 'content-type': 'application/json', 'user-agent': `a\tb${'c'.repeat(3_000)}` };
    const participantTokenConfigurations = [{ attributes }];
    assert.equal((await call({ headers, body: JSON.stringify({ participantTokenConfigurations }) })).status, 200);
    const [record, ...more] = await records();
    assert.deepEqual(more, []);
    assert.deepEqual(record.requestParameters, { omitted: 'too long' });
    assert.equal(record.userAgent.length, 1_024);
    assert.ok(JSON.stringify(record).length < 5_000);
  });
});

test('a file that cannot be opened is named', async () => {
  const options = { clock: new HandClock(start), logger: silentLogger, accessKeys: createAccessKeys([]), regions: [] };
  await assert.rejects(
    AuditLog.open({ file: '/nowhere/audit.log', ...options }),
    /^Error: The audit log cannot be opened: ENOENT.*\/nowhere\/audit\.log/,
  );
});

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type Composition,
  ConflictException,
  CreateEncoderConfigurationCommand,
  CreateStageCommand,
  CreateStorageConfigurationCommand,
  DeleteStageCommand,
  DeleteStorageConfigurationCommand,
  GetCompositionCommand,
  type IVSRealTimeClient,
  ListCompositionsCommand,
  ListTagsForResourceCommand,
  paginateListCompositions,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  StartCompositionCommand,
  type StartCompositionCommandInput,
  StopCompositionCommand,
  TagResourceCommand,
  ValidationException,
} from '@aws-sdk/client-ivs-realtime';
import { createDataFolder } from '../support/data-folder.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdefABCDEF';
const destinations = [{ channel: { channelArn } }];

describe('Compositions on a running server', () => {
  let server: ServerProcess;
  let client: IVSRealTimeClient;

  before(async () => {
    server = await startServer({ env: { PROSCENIUM_TESTING_ENABLED: 'true' } });
    client = server.client;
  });
  after(() => server?.stop());

  async function createStage(): Promise<string> {
    const { stage } = await client.send(new CreateStageCommand());
    return stage?.arn ?? '';
  }

  async function advance(advanceSeconds: number): Promise<void> {
    const answer = await fetch(`${server.endpoint}/proscenium/testing/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ advanceSeconds }),
    });
    assert.equal(answer.status, 200);
  }

  test('are started, shown, filtered, tagged and stopped', async () => {
    const stageArn = await createStage();
    const { encoderConfiguration } = await client.send(new CreateEncoderConfigurationCommand());
    const { storageConfiguration } = await client.send(
      new CreateStorageConfigurationCommand({ s3: { bucketName: 'show-archive' } }),
    );
    const { arn: encoderConfigurationArn = '' } = encoderConfiguration ?? {};
    const { arn: storageConfigurationArn = '' } = storageConfiguration ?? {};
    const s3 = { storageConfigurationArn, encoderConfigurationArns: [encoderConfigurationArn] };
    const composition = await start(client, { stageArn, destinations: [...destinations, { s3 }] });
    const { arn } = composition;
    assert.equal(composition.state, 'STARTING');
    assert.ok(composition.startTime instanceof Date);
    assert.deepEqual(
      composition.destinations?.map(({ state, startTime }) => [state, startTime]),
      [
        ['STARTING', undefined],
        ['STARTING', undefined],
      ],
    );
    const read = await client.send(new GetCompositionCommand({ arn }));
    assert.deepEqual(read.composition, composition);

    const plain = await start(client, { stageArn, destinations });
    const list = async (filter: object) => {
      const { compositions } = await client.send(new ListCompositionsCommand(filter));
      return compositions?.map((listed) => listed.arn);
    };
    assert.deepEqual(await list({ filterByStageArn: stageArn }), [plain.arn, arn]);
    assert.deepEqual(await list({ filterByEncoderConfigurationArn: encoderConfigurationArn }), [arn]);
    const pages = [];
    for await (const { compositions } of paginateListCompositions({ client, pageSize: 1 }, {})) {
      pages.push(compositions?.map((listed) => listed.arn));
    }
    assert.deepEqual(pages, [[plain.arn], [arn]]);

    await client.send(new TagResourceCommand({ resourceArn: arn, tags: { team: 'red' } }));
    const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn: arn }));
    assert.deepEqual(tags, { team: 'red' });

    const removal = new DeleteStorageConfigurationCommand({ arn: storageConfigurationArn });
    await assert.rejects(client.send(removal), ConflictException);
    await client.send(new StopCompositionCommand({ arn }));
    const stopped = await untilState(client, arn, 'STOPPED');
    assert.ok(stopped.endTime instanceof Date);
    await client.send(removal);
    await client.send(new DeleteStageCommand({ arn: stageArn }));
    assert.equal((await untilState(client, plain.arn, 'FAILED')).destinations?.[0]?.state, 'STOPPED');
  });

  test('are known by their idempotency token', async () => {
    const request = { stageArn: await createStage(), destinations, idempotencyToken: 'once' };
    const first = await start(client, request);
    assert.deepEqual(await start(client, request), first);
    await assert.rejects(start(client, { ...request, tags: { team: 'red' } }), ConflictException);
    // The SDK makes a token of its own when it is given none.
    const { idempotencyToken, ...other } = request;
    assert.notEqual((await start(client, other)).arn, (await start(client, other)).arn);
  });

  test('are refused for what is wrong, missing or too much', async () => {
    const stageArn = await createStage();
    await assert.rejects(start(client, { stageArn, destinations: [{}] }), ValidationException);
    await assert.rejects(start(client, { stageArn: `${stageArn}x`, destinations }), ResourceNotFoundException);
    for (let count = 0; count < 5; count += 1) await start(client, { stageArn, destinations });
    await assert.rejects(start(client, { stageArn, destinations }), ServiceQuotaExceededException);
  });

  test('end when nobody publishes for a minute, and are gone five minutes later', async () => {
    const { arn } = await start(client, { stageArn: await createStage(), destinations });
    await advance(30);
    assert.equal((await client.send(new GetCompositionCommand({ arn }))).composition?.state, 'STARTING');
    await advance(30);
    await untilState(client, arn, 'STOPPED');
    await advance(270);
    await client.send(new GetCompositionCommand({ arn }));
    await advance(30);
    await assert.rejects(client.send(new GetCompositionCommand({ arn })), ResourceNotFoundException);
  });
});

test('a composition that was running goes on after a crash, and one that was to stop has stopped', async (t) => {
  const dataFolder = await createDataFolder(t);
  const server = await startServer({ dataFolder, env: { PROSCENIUM_MEDIA_WORKERS: '0' } });
  const { stage } = await server.client.send(new CreateStageCommand());
  const [runs, ends] = [
    await start(server.client, { stageArn: stage?.arn, destinations }),
    await start(server.client, { stageArn: stage?.arn, destinations }),
  ];
  await server.client.send(new StopCompositionCommand({ arn: ends.arn }));
  await server.kill();

  const next = await startServer({ dataFolder, env: { PROSCENIUM_MEDIA_WORKERS: '0' } });
  t.after(() => next.stop());
  await untilState(next.client, ends.arn, 'STOPPED');
  const { compositions = [] } = await next.client.send(new ListCompositionsCommand());
  assert.deepEqual(
    compositions.map(({ arn, state }) => [arn, state]),
    [
      [ends.arn, 'STOPPED'],
      [runs.arn, 'STARTING'],
    ],
  );
  await next.client.send(new StopCompositionCommand({ arn: runs.arn }));
  await untilState(next.client, runs.arn, 'STOPPED');
});

async function start(client: IVSRealTimeClient, input: StartCompositionCommandInput): Promise<Composition> {
  const { composition } = await client.send(new StartCompositionCommand(input));
  assert.ok(composition);
  return composition;
}

async function untilState(
  client: IVSRealTimeClient,
  arn: string | undefined,
  state: string,
): Promise<Partial<Composition>> {
  return until(
    async () => (await client.send(new GetCompositionCommand({ arn }))).composition ?? {},
    (composition: Partial<Composition>) => composition.state === state,
  );
}

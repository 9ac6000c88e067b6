import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { CreateStageCommand, IVSRealTimeClient, paginateListStages } from '@aws-sdk/client-ivs-realtime';
import { createDataFolder } from '../support/data-folder.ts';
import { type ServerProcess, startServer, testAccessKey } from '../support/server.ts';

const rounds = Number(process.env.PROSCENIUM_KILLS ?? 6);
const callers = 50;
/** Enough for the server to be in the middle of its second and third group of writes. */
const mostAnswersBeforeTheEnd = 4 * callers;

/** The stages that were there before the server was killed, by ARN: each has its name as its tag too. */
type Acknowledged = Map<string, string>;

/** Calls from all sides until the server is killed, at a moment nobody chose. */
async function createUntilKilled(server: ServerProcess, round: number): Promise<Acknowledged> {
  const { endpoint, region } = server;
  const client = new IVSRealTimeClient({ endpoint, region, credentials: testAccessKey, maxAttempts: 1 });
  const acknowledged: Acknowledged = new Map();
  const answersBeforeTheEnd = randomInt(mostAnswersBeforeTheEnd);
  const crash = Promise.withResolvers<void>();
  if (answersBeforeTheEnd === 0) crash.resolve();
  const calling = Array.from({ length: callers }, async (_, caller) => {
    for (let call = 0; ; call += 1) {
      const name = `round-${round}-caller-${caller}-call-${call}`;
      const { stage } = await client.send(new CreateStageCommand({ name, tags: { name } }));
      acknowledged.set(stage?.arn ?? '', name);
      if (acknowledged.size >= answersBeforeTheEnd) crash.resolve();
    }
  });
  const ended = Promise.allSettled(calling);
  await crash.promise;
  await server.kill();
  await ended;
  client.destroy();
  return acknowledged;
}

async function listStages({ client }: ServerProcess): Promise<Map<string, string | undefined>> {
  const names = new Map<string, string | undefined>();
  for await (const { stages = [] } of paginateListStages({ client, pageSize: 100 }, {})) {
    for (const { arn = '', name, tags } of stages) {
      assert.deepEqual(tags, { name }, 'a stage is there whole or not at all');
      names.set(arn, name);
    }
  }
  return names;
}

test(`whatever was acknowledged is there after the server was killed, ${rounds} times under ${callers} callers`, async (t) => {
  const dataFolder = await createDataFolder(t);
  const env = { PROSCENIUM_QUOTAS_STAGES: '1000000' };
  const acknowledged: Acknowledged = new Map();
  let server = await startServer({ dataFolder, env });
  t.after(() => server.kill());
  for (let round = 1; round <= rounds; round += 1) {
    for (const [arn, name] of await createUntilKilled(server, round)) acknowledged.set(arn, name);
    server = await startServer({ dataFolder, env });
    const present = await listStages(server);
    const lost = [...acknowledged].filter(([arn, name]) => present.get(arn) !== name);
    assert.deepEqual(lost, [], `lost in round ${round}`);
  }
  t.diagnostic(`${acknowledged.size} stages`);
  assert.ok(acknowledged.size > rounds);
});

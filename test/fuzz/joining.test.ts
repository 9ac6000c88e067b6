import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, test } from 'node:test';
import { ListParticipantsCommand, ListStageSessionsCommand } from '@aws-sdk/client-ivs-realtime';
import fc from 'fast-check';
import { LiveObjects } from '../../packages/media/src/sfu/live-objects.fixture.ts';
import { TestServer } from '../../packages/server/src/running-server.fixture.ts';
import { until } from '../support/until.ts';
import { connecting } from './joining/connections.ts';
import { FuzzedStage } from './joining/fuzzed-stage.ts';
import type { JoiningCase } from './joining/joining-case.ts';
import { agent } from './joining/media-request.ts';
import { patching, publishing, requesting, subscribing } from './joining/posts.ts';
import { talking } from './joining/sockets.ts';
import { admitting } from './joining/tokens.ts';

const { PROSCENIUM_FUZZ_SEED: givenSeed, PROSCENIUM_FUZZ_JOINS: givenJoins } = process.env;
const seed = givenSeed === undefined ? randomInt(2 ** 31) : Number(givenSeed);
const joins = Number(givenJoins ?? 1_000);

/** Clients that vanish hold their places until the server has found out. */
process.env.PROSCENIUM_QUOTAS_PUBLISHERS_PER_STAGE = '100000';

const cases: fc.Arbitrary<JoiningCase> = fc.oneof(
  publishing,
  subscribing,
  patching,
  requesting,
  admitting,
  talking,
  connecting,
);

describe(`${joins} clients that say anything (PROSCENIUM_FUZZ_SEED=${seed})`, () => {
  test('are each answered as they must be, and leave nothing behind', async (t) => {
    const live = new LiveObjects();
    const server = await TestServer.start({ reconnectGraceSeconds: 1, sessionLingerSeconds: 1 });
    try {
      const filesAtStart = live.workerFiles;
      const stage = await FuzzedStage.open(server.client);
      const outcomes = await runCases(stage).finally(() => stage.close());
      for (const [outcome, times] of [...outcomes].sort()) t.diagnostic(`${times} ${outcome}`);
      for (const expected of [
        'publish 201',
        'subscribe 201',
        'patch 200',
        'patch 204',
        'socket 1000',
        'token 401',
        'connection joined',
        'connection 1008',
      ]) {
        assert.ok(outcomes.has(expected), `${expected} never came`);
      }

      await until(
        async () => live.counts,
        ({ router, transport, producer, consumer }) => router + transport + producer + consumer === 0,
      );
      await until(
        () => connectedTo(server, stage),
        (connected) => connected === 0,
      );
      assert.ok(
        live.workerFiles <= filesAtStart,
        `the worker has ${live.workerFiles} files open, at first ${filesAtStart}`,
      );
      assert.equal((await fetch(`${server.running.endpoint}/healthz`)).status, 200);
    } finally {
      agent.destroy();
      await server.close();
    }
    assert.equal(live.counts.worker, 0);
  });
});

/** @returns how often each outcome came; @throws at the first client that was not answered rightly, made as simple as can be */
async function runCases(stage: FuzzedStage): Promise<Map<string, number>> {
  const outcomes = new Map<string, number>();
  const property = fc.asyncProperty(cases, async (client) => {
    const outcome = await client.run(stage);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  await fc.assert(property, { seed, numRuns: joins });
  return outcomes;
}

async function connectedTo({ client }: TestServer, { arn: stageArn }: FuzzedStage): Promise<number> {
  const { stageSessions = [] } = await client.send(new ListStageSessionsCommand({ stageArn }));
  const connected = stageSessions.map(async ({ sessionId }) => {
    const command = new ListParticipantsCommand({ stageArn, sessionId, filterByState: 'CONNECTED' });
    return ((await client.send(command)).participants ?? []).length;
  });
  return (await Promise.all(connected)).reduce((sum, each) => sum + each, 0);
}

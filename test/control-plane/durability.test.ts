import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateStageCommand, paginateListStages } from '@aws-sdk/client-ivs-realtime';
import { createDataFolder } from '../support/data-folder.ts';
import { startServer } from '../support/server.ts';

test('what was acknowledged is there after a crash', async (t) => {
  const dataFolder = await createDataFolder(t);
  const server = await startServer({ dataFolder });
  const acknowledged: (string | undefined)[] = [];
  const crash = Promise.withResolvers<void>();
  const writing = Array.from({ length: 4 }, async () => {
    for (;;) {
      const { stage } = await server.client.send(new CreateStageCommand());
      acknowledged.push(stage?.arn);
      if (acknowledged.length >= 100) crash.resolve();
    }
  });
  const ended = Promise.allSettled(writing);
  await crash.promise;
  await server.kill();
  await ended;

  const next = await startServer({ dataFolder });
  t.after(() => next.stop());
  const present = new Set<string | undefined>();
  for await (const { stages = [] } of paginateListStages({ client: next.client }, {})) {
    for (const { arn } of stages) present.add(arn);
  }
  t.diagnostic(`${acknowledged.length} stages`);
  assert.deepEqual(
    acknowledged.filter((arn) => !present.has(arn)),
    [],
  );
});

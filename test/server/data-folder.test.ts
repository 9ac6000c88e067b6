import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateStageCommand, ListStagesCommand } from '@aws-sdk/client-ivs-realtime';
import { createDataFolder } from '../support/data-folder.ts';
import { startServer } from '../support/server.ts';

const taken = /Another server works on the data folder/;

test('of two servers that start at once on one data folder, one works and the other one says why not', async (t) => {
  const dataFolder = await createDataFolder(t);
  const starts = await Promise.allSettled([startServer({ dataFolder }), startServer({ dataFolder })]);
  const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  t.after(() => Promise.all(servers.map((server) => server.stop())));
  const refusals = starts.flatMap((start) => (start.status === 'rejected' ? [String(start.reason)] : []));
  assert.equal(refusals.length, 1);
  assert.match(refusals[0] ?? '', taken);
  await servers[0]?.client.send(new CreateStageCommand());
});

test('a second server is refused as long as the first one runs, and not after it was killed', async (t) => {
  const dataFolder = await createDataFolder(t);
  const first = await startServer({ dataFolder });
  await assert.rejects(startServer({ dataFolder }), taken);
  await first.client.send(new CreateStageCommand({ name: 'still-here' }));
  await first.kill();

  const second = await startServer({ dataFolder });
  t.after(() => second.stop());
  const { stages } = await second.client.send(new ListStagesCommand());
  assert.equal(stages?.length, 1);
});

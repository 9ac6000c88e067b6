import assert from 'node:assert/strict';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { CreateIngestConfigurationCommand, GetIngestConfigurationCommand } from '@aws-sdk/client-ivs-realtime';
import { createDataFolder } from '../support/data-folder.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

test('stream keys outlive a restart, stand in no log, and nothing is active after it', async (t) => {
  const dataFolder = await createDataFolder(t);
  const start = () => startServer({ dataFolder, env: { PROSCENIUM_LOG_LEVEL: 'trace' } });
  const read = async ({ client }: ServerProcess, arn: string | undefined) => {
    const { ingestConfiguration } = await client.send(new GetIngestConfigurationCommand({ arn }));
    return ingestConfiguration;
  };

  const before = await start();
  const { ingestConfiguration: made } = await before.client.send(
    new CreateIngestConfigurationCommand({ ingestProtocol: 'RTMPS', redundantIngest: true }),
  );
  assert.deepEqual(await read(before, made?.arn), made);
  await before.stop();

  // As a server leaves it that was killed while an encoder published.
  const database = new DatabaseSync(path.join(dataFolder, 'proscenium.db'));
  const { changes } = database.prepare("update ingest_configurations set state = 'ACTIVE'").run();
  database.close();
  assert.equal(changes, 1);

  const after = await start();
  assert.deepEqual(await read(after, made?.arn), made);
  await after.stop();

  const secrets = made?.redundantIngestCredentials?.map(({ streamKey = '' }) => streamKey.split('_').at(-1) ?? '');
  assert.equal(secrets?.length, 2);
  for (const secret of secrets ?? []) {
    assert.equal(secret.length, 32);
    for (const server of [before, after]) assert.ok(!server.log().includes(secret));
  }
});

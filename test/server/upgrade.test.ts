import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import {
  ConflictException,
  DeleteStorageConfigurationCommand,
  GetStageCommand,
  IVSRealTimeClient,
  ListParticipantEventsCommand,
  ListParticipantsCommand,
  ListStageSessionsCommand,
  ListStagesCommand,
  ListStorageConfigurationsCommand,
} from '@aws-sdk/client-ivs-realtime';
import { createDataFolder } from '../support/data-folder.ts';
import { startServer, testAccessKey } from '../support/server.ts';

test('a database that a newer server has written is refused and left alone', async (t) => {
  const dataFolder = await createDataFolder(t);
  await (await startServer({ dataFolder })).stop();
  const database = new DatabaseSync(path.join(dataFolder, 'proscenium.db'));
  t.after(() => database.close());
  database.exec('insert into schema_versions (version, applied_time_ms) values (999, 0)');
  await assert.rejects(startServer({ dataFolder }), /schema version 999, .* written by a newer server/);
  assert.deepEqual({ ...database.prepare('select count(*) as stages from stages').get() }, { stages: 0 });
});

test('a database of the first schema version keeps all that is in it', async (t) => {
  const dataFolder = await createDataFolder(t);
  const file = path.join(dataFolder, 'proscenium.db');
  const database = new DatabaseSync(file);
  t.after(() => database.close());
  database.exec(await readFile(path.join(import.meta.dirname, 'schema-version-1.sql'), 'utf8'));

  // The sessions in it get older every day.
  const server = await startServer({ dataFolder, env: { PROSCENIUM_LIMITS_HISTORY_RETENTION_DAYS: '36500' } });
  t.after(() => server.stop());
  const { client } = server;

  const { stages = [] } = await client.send(new ListStagesCommand());
  assert.deepEqual(
    stages.map(({ name }) => name),
    ['end-to-end', 'recorded', 'oldest'],
  );
  // A page token that the old server gave out after the first of them.
  const nextToken = 'eCermk5SX0L3gbt5aa6jwB06qyN7Wt9_3eNuNojSKa6m5Zqj';
  const page = await client.send(new ListStagesCommand({ maxResults: 1, nextToken }));
  assert.deepEqual(page.stages, [stages[1]]);

  const { storageConfigurations = [] } = await client.send(new ListStorageConfigurationsCommand());
  const [, archive] = storageConfigurations;
  assert.deepEqual(
    storageConfigurations.map(({ name, s3, tags }) => ({ name, bucket: s3?.bucketName, tags })),
    [
      { name: 'unused', bucket: 'spare', tags: {} },
      { name: 'archive', bucket: 'show-archive', tags: { team: 'red' } },
    ],
  );
  const { stage: recorded } = await client.send(new GetStageCommand({ arn: stages[1]?.arn }));
  assert.deepEqual(recorded?.tags, { team: 'red', 'cost center': 'ü/€' });
  assert.equal(recorded?.autoParticipantRecordingConfiguration?.storageConfigurationArn, archive?.arn);
  assert.deepEqual(recorded?.autoParticipantRecordingConfiguration?.mediaTypes, ['AUDIO_ONLY']);
  await assert.rejects(client.send(new DeleteStorageConfigurationCommand({ arn: archive?.arn })), ConflictException);

  const stageArn = stages[0]?.arn;
  const { stageSessions = [] } = await client.send(new ListStageSessionsCommand({ stageArn }));
  const { sessionId } = stageSessions[0] ?? {};
  assert.deepEqual(stageSessions, [
    {
      sessionId: 'st-arid4yb1tpcmk',
      startTime: new Date('2026-11-21T07:24:04.464Z'),
      endTime: new Date('2026-11-21T07:24:05.458Z'),
    },
  ]);
  const { participants = [] } = await client.send(new ListParticipantsCommand({ stageArn, sessionId }));
  assert.deepEqual(
    participants.map(({ userId, state }) => ({ userId, state })),
    [
      { userId: 'bob', state: 'DISCONNECTED' },
      { userId: 'alice', state: 'DISCONNECTED' },
    ],
  );
  const { participantId } = participants[1] ?? {};
  const { events } = await client.send(new ListParticipantEventsCommand({ stageArn, sessionId, participantId }));
  assert.deepEqual(
    events?.map(({ name, eventTime }) => [name, eventTime?.toISOString()]),
    [
      ['LEFT', '2026-11-21T07:24:04.494Z'],
      ['JOINED', '2026-11-21T07:24:04.467Z'],
    ],
  );
  const barred = database.prepare('select participant_id, reason from disconnected_participants').all();
  assert.deepEqual(
    barred.map((row) => ({ ...row })),
    [{ participant_id: participantId, reason: 'over' }],
  );

  const abroad = new IVSRealTimeClient({
    endpoint: server.endpoint,
    region: 'eu-west-1',
    credentials: testAccessKey,
  });
  t.after(() => abroad.destroy());
  assert.equal((await abroad.send(new ListStagesCommand())).stages?.[0]?.name, 'abroad');
  assert.deepEqual(database.prepare('pragma foreign_key_check').all(), []);
});

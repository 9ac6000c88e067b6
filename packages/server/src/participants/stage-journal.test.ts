import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openControlPlane, scope } from '../control-plane.fixture.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import { appendEvents } from './history.ts';
import { listEvents } from './participant-event-table.ts';
import { StageJournal } from './stage-journal.ts';

test('what others write about a stage keeps its place among the entries', async (t) => {
  const { call, store, clock, eventLog } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  const ref = { ...scope, stageId: stage.arn.split('/')[1] };
  const journal = new StageJournal(ref, { store, clock, logger: silentLogger, events: eventLog });
  const { sessionId } = await journal.openSession();

  const written = [
    journal.write({ events: [journal.event('PUBLISH_STOPPED', 'p-1')] }),
    journal.transact((trx) => appendEvents(trx, ref, sessionId, [journal.event('REPLICATION_STOPPED', 'p-1')])),
    journal.write({ events: [journal.event('LEFT', 'p-1')] }),
  ];
  await Promise.all(written);
  const rows = await listEvents(store.db, ref, sessionId, 'p-1', { before: Number.MAX_SAFE_INTEGER, limit: 10 });
  assert.deepEqual(
    rows.map(({ event }) => event.name),
    ['LEFT', 'REPLICATION_STOPPED', 'PUBLISH_STOPPED'],
  );
});

test('a write of others that fails leaves the entries alone', async (t) => {
  const { call, store, clock, eventLog } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  const ref = { ...scope, stageId: stage.arn.split('/')[1] };
  const journal = new StageJournal(ref, { store, clock, logger: silentLogger, events: eventLog });
  const { sessionId } = await journal.openSession();

  const failing = journal.transact(async (trx) => {
    await appendEvents(trx, ref, sessionId, [journal.event('REPLICATION_STARTED', 'p-1')]);
    throw new Error('refused');
  });
  const entry = journal.write({ events: [journal.event('LEFT', 'p-1')] });
  await assert.rejects(failing, /refused/);
  await entry;
  const rows = await listEvents(store.db, ref, sessionId, 'p-1', { before: Number.MAX_SAFE_INTEGER, limit: 10 });
  assert.deepEqual(
    rows.map(({ event }) => event.name),
    ['LEFT'],
  );
});

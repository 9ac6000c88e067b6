import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Event, EventName } from '@proscenium/model';
import { openControlPlane, scope } from '../control-plane.fixture.ts';
import type { EventLog, ServiceEvent } from '../events/service-event.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import { stages } from '../stages/stage-table.ts';
import type { Database } from '../store/store.ts';
import type { StageRef } from './live-stages.ts';
import { participantRecord } from './participant-record.fixture.ts';
import { openStage } from './registry.fixture.ts';
import { StageJournal } from './stage-journal.ts';

const record = participantRecord({ participantId: 'p-1', userId: 'host-1', published: true });

/** The journal of a new stage with a running session, and what it tells the world. */
async function newStage(t: TestContext) {
  const plane = await openControlPlane(t);
  const { store, clock, events: told, eventLog: events } = plane;
  const { stage } = await plane.call('CreateStage');
  const stageArn: string = stage.arn;
  const ref: StageRef = { ...scope, stageId: stageArn.split('/')[1] ?? '' };
  const parts = { store, clock, logger: silentLogger, events };
  const journal = new StageJournal(ref, parts);
  const { sessionId } = await journal.openSession();
  const happened = (name: EventName, details: Partial<Event> = {}) =>
    journal.write({ record, events: [journal.event(name, record.participantId, details)] });
  return { ...plane, ref, parts, stageArn, journal, sessionId, told, happened };
}

function names(told: readonly ServiceEvent[]): unknown[] {
  return told.map(({ detail }) => detail.event_name);
}

test('the beginning and the end of publishing are told with the time of the participant event', async (t) => {
  const { told, happened, clock, stageArn, sessionId } = await newStage(t);
  clock.advance(482);
  await happened('JOINED');
  await happened('PUBLISH_STARTED');
  clock.advance(60_000);
  await happened('PUBLISH_STOPPED');
  await happened('LEFT');
  const detail = { session_id: sessionId, user_id: 'host-1', participant_id: 'p-1', replica: false };
  assert.deepEqual(told, [
    {
      scope,
      detailType: 'IVS Stage Update',
      resourceArn: stageArn,
      time: new Date('2026-11-21T20:00:00.482Z'),
      detail: {
        event_name: 'Participant Published',
        event_time: '2026-11-21T20:00:00.482Z',
        event_time_precise: '2026-11-21T20:00:00.482000Z',
        ...detail,
      },
    },
    {
      scope,
      detailType: 'IVS Stage Update',
      resourceArn: stageArn,
      time: new Date('2026-11-21T20:01:00.482Z'),
      detail: {
        event_name: 'Participant Unpublished',
        event_time: '2026-11-21T20:01:00.482Z',
        event_time_precise: '2026-11-21T20:01:00.482000Z',
        ...detail,
      },
    },
  ]);
});

test('a replica is told with the stage and session that it comes from', async (t) => {
  const { told, journal } = await newStage(t);
  const source = { sourceStageArn: 'arn:aws:ivs:us-west-2:123456789012:stage/source', sourceSessionId: 'st-1' };
  const events = (['PUBLISH_STARTED', 'PUBLISH_STOPPED'] as const).map((name) =>
    journal.event(name, 'p-1', { replica: true }),
  );
  await journal.write({ record: { ...record, ...source }, events });
  assert.deepEqual(names(told), ['Participant Published', 'Participant Unpublished']);
  for (const { detail } of told) {
    assert.equal(detail.replica, true);
    assert.equal(detail.source_stage_arn, source.sourceStageArn);
    assert.equal(detail.source_session_id, source.sourceSessionId);
  }
});

test('a refused publish is told with its code, also of a participant without a record', async (t) => {
  const { told, journal, sessionId } = await newStage(t);
  const refused = journal.event('PUBLISH_ERROR', 'p-2', { errorCode: 'QUOTA_EXCEEDED' });
  await journal.write({ events: [refused] });
  await journal.write({ userId: 'ann', events: [refused] });
  assert.deepEqual(
    told.map(({ detail }) => detail),
    ['', 'ann'].map((userId) => ({
      event_name: 'Participant Publish Error',
      event_time: '2026-11-21T20:00:00Z',
      event_time_precise: '2026-11-21T20:00:00.000000Z',
      session_id: sessionId,
      user_id: userId,
      participant_id: 'p-2',
      replica: false,
      error_code: 'QUOTA_EXCEEDED',
    })),
  );
});

test('each beginning has one end, and what has not begun has none', async (t) => {
  const { told, happened } = await newStage(t);
  await happened('PUBLISH_STOPPED');
  await happened('PUBLISH_STARTED');
  await happened('PUBLISH_STARTED');
  await happened('PUBLISH_STOPPED');
  await happened('PUBLISH_STOPPED');
  await happened('PUBLISH_STARTED');
  assert.deepEqual(names(told), ['Participant Published', 'Participant Unpublished', 'Participant Published']);
});

test('the end is told also when the stage is deleted by then', async (t) => {
  const { told, happened, call, stageArn } = await newStage(t);
  await happened('PUBLISH_STARTED');
  await call('DeleteStage', { arn: stageArn });
  await happened('PUBLISH_STOPPED');
  assert.deepEqual(names(told), ['Participant Published', 'Participant Unpublished']);
});

test('what could not be told is not written either', async (t) => {
  const { parts, ref, sessionId, clock } = await newStage(t);
  const events: EventLog = { record: async () => Promise.reject(new Error('no room')) };
  const journal = new StageJournal(ref, { ...parts, events }, { sessionId, startTime: clock.now() });
  const entry = { record, events: [journal.event('PUBLISH_STARTED', record.participantId)] };
  await assert.rejects(journal.write(entry), /no room/);
  assert.equal(await journal.earlierRecord(record.participantId), undefined);
});

for (const deleted of [false, true]) {
  test(`a server that was killed tells the end at its next start${deleted ? ', of a deleted stage too' : ''}`, async (t) => {
    const { store, clock, call, stage, eventLog, events, newRegistry } = await openStage(t);
    const journal = new StageJournal(stage, { store, clock, logger: silentLogger, events: eventLog });
    await journal.openSession();
    await journal.write({ record, events: [journal.event('PUBLISH_STARTED', record.participantId)] });
    if (deleted) await call('DeleteStage', { arn: stages.arn(stage, { id: stage.stageId }) });

    for (let start = 0; start < 2; start += 1) await newRegistry().recover();
    assert.deepEqual(names(events), ['Participant Published', 'Participant Unpublished']);
    const [published, unpublished] = events;
    assert.deepEqual(unpublished, {
      ...published,
      detail: { ...published?.detail, event_name: 'Participant Unpublished' },
    });
  });
}

test('however many ends a killed server has left to tell are told in portions', async (t) => {
  const told = new Map<Database, number>();
  const events: EventLog = { record: async (trx) => void told.set(trx, (told.get(trx) ?? 0) + 1) };
  const { store, stage, newRegistry } = await openStage(t, { events });
  const { account, region, stageId: stage_id } = stage;
  const announced = { account, region, stage_id, session_id: 'st-1', detail_json: '{}' };
  const rows = Array.from({ length: 250 }, (_, index) => ({ ...announced, participant_id: `p-${index}` }));
  await store.write((trx) => trx.insertInto('announced_publishers').values(rows).execute());
  await newRegistry().recover();
  assert.deepEqual([...told.values()], [100, 100, 50]);
});

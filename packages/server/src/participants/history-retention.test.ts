import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import { openControlPlane, scope } from '../control-plane.fixture.ts';
import { barParticipant, isDisconnected } from './disconnected-participants.ts';
import { appendEvents, closeSession, openSession, saveParticipant } from './history.ts';
import { retainHistory } from './history-retention.ts';
import type { StageRef } from './live-stages.ts';
import { participantRecord } from './participant-record.fixture.ts';

const hourMs = 60 * 60 * 1_000;
const days = 60;
const participantId = 'p-1';

/** A stage with a session that has ended and one that runs, both of them with a participant and an event. */
async function openHistory(t: TestContext) {
  const plane = await openControlPlane(t);
  const { store, clock } = plane;
  const { stage } = await plane.call('CreateStage');
  const stageArn: string = stage.arn;
  const ref: StageRef = { ...scope, stageId: stageArn.split('/')[1] ?? '' };
  const now = clock.now();
  const ended = 'st-0000000000001';
  const running = 'st-0000000000002';
  await store.write(async (trx) => {
    for (const sessionId of [ended, running]) {
      await openSession(trx, ref, { sessionId, startTime: now });
      await saveParticipant(trx, ref, sessionId, participantRecord({ participantId }));
      await appendEvents(trx, ref, sessionId, [{ name: 'JOINED', participantId, eventTime: now }]);
      if (sessionId === ended) await closeSession(trx, ref, sessionId, now);
    }
    await barParticipant(trx, ref, { participantId: 'p-2', reason: '', now });
  });
  /** What the API tells of the sessions. */
  const told = async () => {
    const { stageSessions } = await plane.call('ListStageSessions', { stageArn });
    return stageSessions.map(({ sessionId }: { sessionId: string }) => sessionId);
  };
  return { ...plane, stageArn, ref, ended, running, told };
}

const silent = pino({ level: 'silent' });

/** Resolves when a sweep has come to its end and waits for the next one. */
async function untilSwept(clock: { alarms: number }): Promise<void> {
  while (clock.alarms === 0) await new Promise((resolve) => setImmediate(resolve));
}

test('an ended session goes with its participants and events when its time is over, by itself', async (t) => {
  const { store, clock, call, stageArn, ref, ended, running, told } = await openHistory(t);
  const retention = retainHistory({ store, clock, logger: silent, days });
  t.after(() => retention.close());
  await untilSwept(clock);
  for (const stepMs of [(days * 24 - 1) * hourMs, hourMs]) {
    clock.advance(stepMs);
    await untilSwept(clock);
  }
  // It has been over for exactly so long, not for longer.
  assert.deepEqual(await told(), [running, ended]);

  clock.advance(hourMs);
  await untilSwept(clock);
  assert.deepEqual(await told(), [running]);
  const gone = { stageArn, sessionId: ended, participantId };
  await assert.rejects(call('GetParticipant', gone), { name: 'ResourceNotFoundException' });
  for (const table of ['participants', 'participant_events'] as const) {
    assert.equal((await store.db.selectFrom(table).select('seq').execute()).length, 1, table);
  }
  const there = { stageArn, sessionId: running, participantId };
  assert.equal((await call('GetParticipant', there)).participant.state, 'CONNECTED');
  assert.equal(await isDisconnected(store.db, ref, 'p-2'), true);
});

test('what is too old when the server starts goes at once', async (t) => {
  const { store, clock, running, told } = await openHistory(t);
  clock.advance(days * 24 * hourMs + 1);
  const retention = retainHistory({ store, clock, logger: silent, days });
  t.after(() => retention.close());
  await untilSwept(clock);
  assert.deepEqual(await told(), [running]);
});

test('a sweep that fails is told, and the next one makes up for it', async (t) => {
  const { store, clock, running, told } = await openHistory(t);
  clock.advance(days * 24 * hourMs + 1);
  const lines: string[] = [];
  const logger = pino({}, { write: (line) => lines.push(line) });
  let full = true;
  const write: typeof store.write = (work) => (full ? Promise.reject(new Error('disk full')) : store.write(work));
  const retention = retainHistory({ store: { ...store, write }, clock, logger, days });
  t.after(() => retention.close());
  await untilSwept(clock);
  assert.match(lines.join(), /disk full.*old history could not be removed/);
  assert.equal((await told()).length, 2);

  full = false;
  clock.advance(hourMs);
  await untilSwept(clock);
  assert.deepEqual(await told(), [running]);
});

test('once it is closed nothing is removed any more', async (t) => {
  const { store, clock, told } = await openHistory(t);
  const retention = retainHistory({ store, clock, logger: silent, days });
  await retention.close();
  assert.equal(clock.alarms, 0);
  clock.advance((days + 1) * 24 * hourMs);
  assert.equal((await told()).length, 2);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openControlPlane, scope } from '../control-plane.fixture.ts';
import type { Store } from '../store/store.ts';
import {
  appendEvents,
  closeSession,
  deleteHistoryBefore,
  listUnfinished,
  openSession,
  saveParticipant,
} from './history.ts';
import type { StageRef } from './live-stages.ts';
import { participantRecord } from './participant-record.fixture.ts';
import { findParticipant, listConnectedParticipants } from './participant-table.ts';
import { findRunningSession } from './stage-session-table.ts';

const startTime = new Date('2026-11-21T20:01:00.602Z');
const endTime = new Date('2026-11-21T20:30:00Z');
const first = { sessionId: 'st-0000000000001', startTime };
const second = { sessionId: 'st-0000000000002', startTime: endTime };

async function newStages(t: TestContext) {
  const plane = await openControlPlane(t);
  async function createStage(caller = scope): Promise<StageRef> {
    const { stage } = await plane.call('CreateStage', {}, caller);
    return { ...caller, stageId: stage.arn.split('/')[1] };
  }
  const deleteStage = ({ stageId, ...caller }: StageRef) =>
    plane.call('DeleteStage', { arn: `arn:aws:ivs:${caller.region}:${caller.account}:stage/${stageId}` }, caller);
  return { ...plane, createStage, deleteStage };
}

async function findActiveSession({ db }: Store, stage: StageRef): Promise<typeof first | undefined> {
  const session = await findRunningSession(db, stage);
  return session && { sessionId: session.sessionId, startTime: session.startTime };
}

async function countRows(store: Store): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of ['stage_sessions', 'participants', 'participant_events'] as const) {
    const { count } = await store.db
      .selectFrom(table)
      .select((select) => select.fn.countAll().as('count'))
      .executeTakeFirstOrThrow();
    counts[table] = Number(count);
  }
  return counts;
}

test('a stage has one session at a time', async (t) => {
  const { store, createStage } = await newStages(t);
  const stage = await createStage();
  assert.equal(await findActiveSession(store, stage), undefined);
  await store.write((trx) => openSession(trx, stage, first));
  assert.deepEqual(await findActiveSession(store, stage), first);
  await assert.rejects(
    store.write((trx) => openSession(trx, stage, second)),
    /UNIQUE constraint failed/,
  );

  await store.write((trx) => closeSession(trx, stage, first.sessionId, endTime));
  assert.equal(await findActiveSession(store, stage), undefined);
  await store.write((trx) => openSession(trx, stage, second));
  assert.deepEqual(await findActiveSession(store, stage), second);
});

test('closing a session again does not touch the one after it', async (t) => {
  const { store, createStage } = await newStages(t);
  const stage = await createStage();
  await store.write(async (trx) => {
    await openSession(trx, stage, first);
    await closeSession(trx, stage, first.sessionId, endTime);
    await openSession(trx, stage, second);
    await closeSession(trx, stage, first.sessionId, new Date());
  });
  assert.deepEqual(await findActiveSession(store, stage), second);
});

test('a record replaces the earlier one and comes back as it was', async (t) => {
  const { store, createStage } = await newStages(t);
  const stage = await createStage();
  const record = participantRecord({
    userId: 'ann',
    attributes: JSON.parse('{"__proto__": "x", "rôle": "hôte"}'),
    firstJoinTime: new Date('2026-11-21T20:01:02.003Z'),
    redundantIngest: false,
  });
  await store.write(async (trx) => {
    await openSession(trx, stage, first);
    await saveParticipant(trx, stage, first.sessionId, participantRecord());
    await saveParticipant(trx, stage, first.sessionId, record);
  });
  assert.deepEqual(await findParticipant(store.db, stage, first.sessionId, record.participantId), record);
  assert.equal((await countRows(store)).participants, 1);
});

test('nobody stays connected to a session that has ended', async (t) => {
  const { store, createStage } = await newStages(t);
  const stage = await createStage();
  const { participantId } = participantRecord();
  await store.write(async (trx) => {
    await openSession(trx, stage, first);
    await saveParticipant(trx, stage, first.sessionId, participantRecord());
    await closeSession(trx, stage, first.sessionId, endTime);
  });
  assert.equal((await findParticipant(store.db, stage, first.sessionId, participantId))?.state, 'DISCONNECTED');
});

test('a session cannot be opened on a stage that is not there, or by another account', async (t) => {
  const { store, createStage, deleteStage } = await newStages(t);
  const stage = await createStage();
  const gone = { name: 'StageRefusal', code: 9 };
  for (const other of [
    { ...stage, account: '210987654321' },
    { ...stage, region: 'eu-west-1' },
  ]) {
    await assert.rejects(
      store.write((trx) => openSession(trx, other, first)),
      gone,
    );
  }
  await deleteStage(stage);
  await assert.rejects(
    store.write((trx) => openSession(trx, stage, first)),
    gone,
  );
  assert.equal((await countRows(store)).stage_sessions, 0);
});

test('the last words of a deleted stage are not kept', async (t) => {
  const { store, createStage, deleteStage } = await newStages(t);
  const stage = await createStage();
  await store.write((trx) => openSession(trx, stage, first));
  await deleteStage(stage);
  await store.write(async (trx) => {
    const left = { name: 'LEFT', participantId: 'p-1', eventTime: endTime } as const;
    await saveParticipant(trx, stage, first.sessionId, participantRecord());
    await appendEvents(trx, stage, first.sessionId, [left]);
    await closeSession(trx, stage, first.sessionId, endTime);
  });
  assert.deepEqual(await countRows(store), { stage_sessions: 1, participants: 0, participant_events: 0 });
  assert.equal(await findActiveSession(store, stage), undefined);
});

test('what is unfinished is found over all accounts and regions, with who is connected', async (t) => {
  const { store, createStage, deleteStage } = await newStages(t);
  const here = await createStage();
  const there = await createStage({ account: '210987654321', region: 'eu-west-1' });
  const finished = await createStage();
  const deleted = await createStage();
  const connected = participantRecord({ participantId: 'p-1' });
  await store.write(async (trx) => {
    for (const stage of [here, there, finished, deleted]) {
      await openSession(trx, stage, first);
      await saveParticipant(trx, stage, first.sessionId, connected);
      const left = participantRecord({ participantId: 'p-2', state: 'DISCONNECTED' });
      await saveParticipant(trx, stage, first.sessionId, left);
    }
    await closeSession(trx, finished, first.sessionId, endTime);
  });
  await deleteStage(deleted);
  const unfinished = await listUnfinished(store.db);
  assert.deepEqual(
    unfinished.map(({ stage, session }) => [stage, session]),
    [
      [here, first],
      [there, first],
    ],
  );
  for (const { seq } of unfinished) {
    assert.deepEqual(await listConnectedParticipants(store.db, seq, 10), [connected]);
    assert.deepEqual(await listConnectedParticipants(store.db, seq, 0), []);
  }
});

test('history goes when it is old enough or its stage is gone, portion by portion', async (t) => {
  const { store, createStage, deleteStage } = await newStages(t);
  const [old, young, running, deleted] = [
    await createStage(),
    await createStage(),
    await createStage(),
    await createStage(),
  ];
  const joined = { name: 'JOINED', participantId: 'p-1', eventTime: startTime } as const;
  for (const stage of [old, young, running, deleted]) {
    await store.write(async (trx) => {
      await openSession(trx, stage, first);
      await saveParticipant(trx, stage, first.sessionId, participantRecord({ participantId: 'p-1' }));
      await appendEvents(trx, stage, first.sessionId, [joined]);
    });
  }
  // More than one portion of events.
  await store.write(async (trx) => {
    await appendEvents(
      trx,
      old,
      first.sessionId,
      Array.from({ length: 5_100 }, () => joined),
    );
    await closeSession(trx, old, first.sessionId, new Date('2026-09-01T00:00:00Z'));
    await closeSession(trx, young, first.sessionId, new Date('2026-11-01T00:00:00Z'));
  });
  await deleteStage(deleted);

  const removed: number[] = [];
  let portion: number;
  do {
    portion = await store.write((trx) => deleteHistoryBefore(trx, new Date('2026-10-01T00:00:00Z')));
    removed.push(portion);
  } while (portion > 0);
  assert.deepEqual(removed, [5_000, 102, 2, 2, 0]);
  assert.deepEqual(await countRows(store), { stage_sessions: 2, participants: 2, participant_events: 2 });
  assert.notEqual(await findParticipant(store.db, young, first.sessionId, 'p-1'), undefined);
  assert.notEqual(await findParticipant(store.db, running, first.sessionId, 'p-1'), undefined);
});

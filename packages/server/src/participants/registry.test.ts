import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventName } from '@proscenium/model';
import { closeForLeft } from '../signalling/close-codes.ts';
import { publishOffer } from '../signalling/offer.fixture.ts';
import { openSocketPair } from '../signalling/socket-pair.fixture.ts';
import { until } from '../until.fixture.ts';
import { readClientData } from './client-data.ts';
import { appendEvents, openSession, saveParticipant } from './history.ts';
import { listEvents } from './participant-event-table.ts';
import { participantRecord } from './participant-record.fixture.ts';
import { findParticipant } from './participant-table.ts';
import { openStage, type RunningStage } from './registry.fixture.ts';
import { findRunningSession } from './stage-session-table.ts';

const client = readClientData({});

test('a session ends once the linger time has passed, and not before somebody who is expected back may come', async (t) => {
  const { registry, stage, claimsOf, store, clock } = await openStage(t, { sessionLingerMs: 120_000 });
  const { resourceId } = await registry.stage(stage).publish(claimsOf('p-1'), client, publishOffer);
  registry.keepSession(stage, 300_000);
  registry.findResource(stage, 'p-1', resourceId)?.media.close();
  const session = await findRunningSession(store.db, stage);
  assert.ok(session);

  clock.advance(299_999);
  await registry.write(stage, async () => {}); // comes after whatever the stage had to write
  assert.deepEqual(await findRunningSession(store.db, stage), session);
  clock.advance(1);
  await registry.write(stage, async () => {});
  assert.equal(await findRunningSession(store.db, stage), undefined);
});

test('a session that nobody comes back to ends after the linger time', async (t) => {
  const { registry, stage, claimsOf, store, clock } = await openStage(t, { sessionLingerMs: 120_000 });
  const { resourceId } = await registry.stage(stage).publish(claimsOf('p-1'), client, publishOffer);
  registry.findResource(stage, 'p-1', resourceId)?.media.close();
  clock.advance(119_999);
  await registry.write(stage, async () => {});
  assert.ok(await findRunningSession(store.db, stage));
  clock.advance(1);
  await registry.write(stage, async () => {});
  assert.equal(await findRunningSession(store.db, stage), undefined);
});

test('a session whose end cannot be written goes on, and is tried to be ended again', async (t) => {
  const { registry, stage, claimsOf, store, clock } = await openStage(t);
  const live = registry.stage(stage);
  const { resourceId } = await live.publish(claimsOf('p-1'), client, publishOffer);
  const session = await findRunningSession(store.db, stage);
  registry.findResource(stage, 'p-1', resourceId)?.media.close();
  await registry.write(stage, async () => {});
  t.mock.method(store, 'write', () => Promise.reject(new Error('the disk is full')), { times: 1 });
  clock.advance(120_000);
  await until(
    () => clock.alarms,
    (alarms) => alarms === 1,
  );
  assert.deepEqual(await findRunningSession(store.db, stage), session);

  const again = await live.publish(claimsOf('p-2'), client, publishOffer);
  clock.advance(10_000);
  await registry.write(stage, async () => {});
  assert.deepEqual(await findRunningSession(store.db, stage), session);

  registry.findResource(stage, 'p-2', again.resourceId)?.media.close();
  await registry.write(stage, async () => {});
  t.mock.method(store, 'write', () => Promise.reject(new Error('the disk is full')), { times: 1 });
  clock.advance(120_000);
  await until(
    () => clock.alarms,
    (alarms) => alarms === 1,
  );
  clock.advance(10_000);
  await registry.write(stage, async () => {});
  assert.equal(await findRunningSession(store.db, stage), undefined);
});

test('a request that is refused leaves no stage behind', async (t) => {
  const { registry, stage, claimsOf, clock } = await openStage(t);
  const live = registry.stage(stage);
  const viewer = { ...claimsOf('p-1'), capabilities: { publish: false, subscribe: true } };
  await assert.rejects(live.publish(viewer, client, publishOffer), { name: 'StageRefusal' });
  assert.equal(registry.stage(stage), live);
  clock.advance(120_000);
  await registry.write(stage, async () => {});
  assert.notEqual(registry.stage(stage), live);
});

test('a join by events socket that cannot be written leaves no stage behind', async (t) => {
  const { registry, stage, claimsOf, clock, store } = await openStage(t);
  const live = registry.stage(stage);
  const { socket } = await openSocketPair(t);
  t.mock.method(store, 'write', () => Promise.reject(new Error('the disk is full')), { times: 1 });
  await assert.rejects(live.connect(claimsOf('p-1'), client, socket), /disk is full/);
  socket.close(closeForLeft('user-initiated'));
  clock.advance(120_000);
  await registry.write(stage, async () => {});
  assert.notEqual(registry.stage(stage), live);
});

test('a new events socket takes over from a silent one, and what was published goes on', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { registry, stage, claimsOf } = await openStage(t);
  const live = registry.stage(stage);
  const silent = await openSocketPair(t, { autoPong: false });
  await live.connect(claimsOf('p-1'), client, silent.socket);
  const { resourceId } = await live.publish(claimsOf('p-1'), client, publishOffer);
  for (let probe = 0; probe < 2; probe += 1) {
    assert.equal(silent.socket.live, true);
    t.mock.timers.tick(5_000);
  }
  assert.equal(silent.socket.live, false);
  assert.equal(silent.socket.closed, false);

  const next = await openSocketPair(t);
  await live.connect(claimsOf('p-1'), client, next.socket);
  assert.deepEqual(await silent.closed, { code: 4003, reason: 'TIMEOUT' });
  assert.ok(registry.findResource(stage, 'p-1', resourceId));
  assert.equal(next.socket.live, true);
  next.socket.close(closeForLeft('user-initiated'));
});

const sessionId = 'st-0a1b2c3d4e5f6';

/** Leaves participants connected as a server does that is killed, with events of theirs. */
async function crash(
  { store, stage, clock }: RunningStage,
  left: Record<string, [EventName, string?][]>,
): Promise<void> {
  const eventTime = clock.now();
  await store.write(async (trx) => {
    await openSession(trx, stage, { sessionId, startTime: eventTime });
    for (const [participantId, happened] of Object.entries(left)) {
      await saveParticipant(trx, stage, sessionId, participantRecord({ participantId }));
      const events = happened.map(([name, remoteParticipantId]) => ({
        name,
        participantId,
        eventTime,
        ...(remoteParticipantId && { remoteParticipantId }),
      }));
      await appendEvents(trx, stage, sessionId, events);
    }
  });
}

/** What the next start of the server adds to a participant's events, oldest first. */
async function recovered({ store, stage, clock }: RunningStage, participantId: string): Promise<unknown[]> {
  const slice = { before: Number.MAX_SAFE_INTEGER, limit: 100_000 };
  const rows = await listEvents(store.db, stage, sessionId, participantId, slice);
  return rows
    .filter(({ event }) => event.eventTime?.getTime() === clock.now().getTime())
    .map(({ event }) => [event.name, ...(event.remoteParticipantId ? [event.remoteParticipantId] : [])])
    .reverse();
}

test('after a crash everybody has left, and has ended what it had begun', async (t) => {
  const running = await openStage(t);
  await crash(running, {
    publisher: [['JOINED'], ['PUBLISH_STARTED'], ['PUBLISH_STOPPED'], ['PUBLISH_STARTED']],
    viewer: [
      ['JOINED'],
      ['SUBSCRIBE_STARTED', 'p-1'],
      ['SUBSCRIBE_STARTED', 'p-2'],
      ['SUBSCRIBE_STOPPED', 'p-1'],
      ['SUBSCRIBE_STARTED', 'p-3'],
      ['SUBSCRIBE_STARTED', 'p-3'],
      ['SUBSCRIBE_ERROR', 'p-4'],
    ],
    idle: [['JOINED'], ['PUBLISH_STARTED'], ['PUBLISH_STOPPED'], ['PUBLISH_ERROR']],
  });
  running.clock.advance(1_000);
  await running.newRegistry().recover();
  assert.deepEqual(await recovered(running, 'publisher'), [['PUBLISH_STOPPED'], ['LEFT']]);
  assert.deepEqual(await recovered(running, 'viewer'), [
    ['SUBSCRIBE_STOPPED', 'p-2'],
    ['SUBSCRIBE_STOPPED', 'p-3'],
    ['SUBSCRIBE_STOPPED', 'p-3'],
    ['LEFT'],
  ]);
  assert.deepEqual(await recovered(running, 'idle'), [['LEFT']]);
  for (const participantId of ['publisher', 'viewer', 'idle']) {
    const record = await findParticipant(running.store.db, running.stage, sessionId, participantId);
    assert.equal(record?.state, 'DISCONNECTED');
  }
});

test('what is open at a crash is found however long ago it began', async (t) => {
  const running = await openStage(t);
  const later = Array.from({ length: 2_000 }, (): [EventName, string] => ['SUBSCRIBE_ERROR', 'p-2']);
  await crash(running, { busy: [['JOINED'], ['PUBLISH_STARTED'], ['SUBSCRIBE_STARTED', 'p-1'], ...later] });
  running.clock.advance(1_000);
  await running.newRegistry().recover();
  assert.deepEqual(await recovered(running, 'busy'), [['PUBLISH_STOPPED'], ['SUBSCRIBE_STOPPED', 'p-1'], ['LEFT']]);
});

test('what an earlier visit left open is not ended in a later one', async (t) => {
  const running = await openStage(t);
  const earlier: [EventName, string?][] = [['JOINED'], ['PUBLISH_STARTED'], ['SUBSCRIBE_STARTED', 'p-1'], ['LEFT']];
  await crash(running, { again: [...earlier, ['JOINED'], ['SUBSCRIBE_STARTED', 'p-2']] });
  running.clock.advance(1_000);
  await running.newRegistry().recover();
  assert.deepEqual(await recovered(running, 'again'), [['SUBSCRIBE_STOPPED', 'p-2'], ['LEFT']]);
});

test('a crash with many participants is put right a portion at a time', async (t) => {
  const running = await openStage(t);
  const ids = Array.from({ length: 250 }, (_, place) => `p-${place}`);
  await crash(running, Object.fromEntries(ids.map((id) => [id, [['JOINED']]])));
  running.clock.advance(1_000);
  await running.newRegistry().recover();
  for (const id of ids) assert.deepEqual(await recovered(running, id), [['LEFT']]);
});

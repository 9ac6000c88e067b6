import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Body, openSupervisor, RecordedLiveStages, scope } from '../control-plane.fixture.ts';
import { HandCompositionMedia } from './hand-composition-media.fixture.ts';
import { moveComposition } from './move-composition.ts';
import { openShow, type Show } from './show.fixture.ts';

const second = 1_000;
const hour = 3_600 * second;

const statesOf = ({ state, destinations }: Body) => [state, ...destinations.map((one: Body) => one.state)].join(' ');

/** The server ends and starts again: nobody publishes, and no media runs. */
async function restart(t: TestContext, { compositions, store, eventLog, clock }: Show) {
  await compositions.close();
  const live = new RecordedLiveStages(store);
  const media = new HandCompositionMedia();
  const next = openSupervisor(t, { store, live, media, events: eventLog, clock });
  await next.recover();
  return { live, media, compositions: next };
}

test('a composition goes on after a restart when publishers come back within 60 seconds', async (t) => {
  const show = await openShow(t);
  const { start, call, stage, clock, told } = show;
  const { arn, destinations } = await start();
  const [{ id }] = destinations;
  show.live.publish(stage, 'p-1');
  await show.compositions.settled();
  show.media.job.report({ destinationId: id, state: 'ACTIVE' });
  await show.compositions.settled();
  clock.advance(hour);

  const { live, media, compositions } = await restart(t, show);
  assert.equal(show.media.job.stops, 1);
  assert.deepEqual(show.media.finished, [], 'what was recorded may be gone on with');
  const states = async () => statesOf((await call('GetComposition', { arn })).composition);
  assert.equal(await states(), 'ACTIVE RECONNECTING', 'nothing is sent at the moment');
  clock.advance(59 * second);
  assert.deepEqual(media.jobs, []);
  live.publish(stage, 'p-1');
  clock.advance(60 * second);
  await compositions.settled();
  assert.deepEqual(media.job.order, show.media.job.order);
  media.job.report({ destinationId: id, state: 'ACTIVE' });
  await compositions.settled();
  assert.equal(await states(), 'ACTIVE ACTIVE');
  assert.deepEqual(told(), [`Destination Start ${id}`, 'Session Start', `Destination Reconnecting ${id}`]);
});

test('a composition ends after a restart when no publisher comes back for 60 seconds', async (t) => {
  const show = await openShow(t);
  const { arn } = await show.start();
  show.clock.advance(59 * second);
  const { compositions, media } = await restart(t, show);
  const states = async () => statesOf((await show.call('GetComposition', { arn })).composition);
  show.clock.advance(59 * second);
  assert.deepEqual(media.finished, []);
  assert.equal(await states(), 'STARTING STARTING');
  show.clock.advance(second);
  await compositions.settled();
  assert.equal(await states(), 'STOPPED STOPPED');
  assert.deepEqual(media.finished, [arn.split('/')[1]], 'what an earlier run has recorded has ended too');
});

test('a composition that was being stopped has stopped after a restart', async (t) => {
  const show = await openShow(t);
  const { arn, destinations } = await show.start();
  await show.compositions.close();
  const [, id = ''] = arn.split('/');
  const stop = { happening: { type: 'stop' }, time: show.clock.now() } as const;
  await show.store.write((trx) => moveComposition(trx, show.eventLog, { scope, id }, stop));

  show.clock.advance(hour);
  const { compositions, media } = await restart(t, show);
  await compositions.settled();
  assert.deepEqual(media.finished, [id]);
  const { composition } = await show.call('GetComposition', { arn });
  assert.equal(statesOf(composition), 'STOPPED STOPPED');
  assert.equal(composition.endTime, '2026-11-21T21:00:00Z');
  assert.deepEqual(show.told(), [`Destination End ${destinations[0].id}`, 'Session End']);
  assert.equal(show.clock.alarms, 0);
});

test('the longest time that a composition lasts goes on while the server is away', async (t) => {
  const show = await openShow(t);
  const { arn } = await show.start();
  await show.compositions.close();
  show.clock.advance(24 * hour - second);
  const { compositions, live } = await restart(t, show);
  live.publish(show.stage, 'p-1');
  await compositions.settled();
  show.clock.advance(second);
  await compositions.settled();
  assert.equal(statesOf((await show.call('GetComposition', { arn })).composition), 'STOPPED STOPPED');
});

test('what has ended is left alone by a restart', async (t) => {
  const show = await openShow(t);
  const { arn } = await show.start();
  await show.call('StopComposition', { arn });
  const ended = await show.get(arn);
  const count = show.told().length;
  await restart(t, show);
  assert.deepEqual(await show.get(arn), ended);
  assert.equal(show.told().length, count);
});

test('a composition that is started at shutdown is left to the next start', async (t) => {
  const show = await openShow(t);
  await show.compositions.close();
  const { arn } = await show.start();
  show.live.publish(show.stage, 'p-1');
  assert.equal(show.clock.alarms, 0);
  assert.deepEqual(show.media.jobs, []);
  const { live, media, compositions } = await restart(t, show);
  live.publish(show.stage, 'p-1');
  await compositions.settled();
  assert.equal(`composition/${media.job.order.compositionId}`, arn.split(':').at(-1));
});

test('what could not be written down is written down later, in its order and with its time', async (t) => {
  const show = await openShow(t);
  const { start, get, live, stage, media, clock, eventLog, told } = show;
  live.publish(stage, 'p-1');
  const { arn, destinations } = await start();
  const [{ id }] = destinations;
  const { record } = eventLog;
  eventLog.record = () => Promise.reject(new Error('the disk is full'));
  clock.advance(second);
  media.job.report({ destinationId: id, state: 'ACTIVE' });
  assert.equal(statesOf(await get(arn)), 'STARTING STARTING');
  clock.advance(second);
  media.job.report({ destinationId: id, state: 'RECONNECTING' });
  live.unpublish(stage, 'p-1');
  clock.advance(60 * second);
  assert.equal(statesOf(await get(arn)), 'STARTING STARTING');

  eventLog.record = record;
  clock.advance(second);
  const ended = await get(arn);
  assert.equal(statesOf(ended), 'STOPPED STOPPED');
  assert.deepEqual([ended.destinations[0].startTime, ended.endTime], ['2026-11-21T20:00:01Z', '2026-11-21T20:01:03Z']);
  assert.deepEqual(told(), [
    `Destination Start ${id}`,
    'Session Start',
    `Destination Reconnecting ${id}`,
    `Destination End ${id}`,
    'Session End',
  ]);
});

test('what happens while something is being written down waits for it', async (t) => {
  const show = await openShow(t);
  const { start, get, live, stage, media, eventLog, told } = show;
  live.publish(stage, 'p-1');
  const { arn, destinations } = await start();
  const [{ id }] = destinations;
  const { record } = eventLog;
  const writing = Promise.withResolvers<void>();
  const writes: number[] = [];
  eventLog.record = async (trx, ...events) => {
    writes.push(events.length);
    if (writes.length === 1) {
      // Once the first is under way the others come.
      media.job.report({ destinationId: id, state: 'RECONNECTING' });
      media.job.report({ destinationId: id, state: 'STOPPED' });
      writing.resolve();
    }
    await record(trx, ...events);
  };
  media.job.report({ destinationId: id, state: 'ACTIVE' });
  await writing.promise;
  assert.equal(statesOf(await get(arn)), 'STOPPED STOPPED');
  assert.deepEqual(writes, [2, 1, 2]);
  assert.deepEqual(told(), [
    `Destination Start ${id}`,
    'Session Start',
    `Destination Reconnecting ${id}`,
    `Destination End ${id}`,
    'Session End',
  ]);
});

test('StopComposition says so when it could not be written down, and can be repeated', async (t) => {
  const show = await openShow(t);
  const { arn } = await show.start();
  const { store } = show;
  const { write } = store;
  store.write = () => Promise.reject(new Error('the disk is full'));
  await assert.rejects(show.call('StopComposition', { arn }), /the disk is full/);
  store.write = write;
  assert.equal(statesOf(await show.get(arn)), 'STARTING STARTING');
  await show.call('StopComposition', { arn });
  assert.equal(statesOf(await show.get(arn)), 'STOPPED STOPPED');
});

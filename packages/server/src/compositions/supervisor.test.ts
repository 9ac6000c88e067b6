import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Body, scope } from '../control-plane.fixture.ts';
import { until } from '../until.fixture.ts';
import type { DestinationReport } from './composition-media.ts';
import { channelArn, openShow } from './show.fixture.ts';

const second = 1_000;
const hour = 3_600 * second;

const statesOf = ({ state, destinations }: Body) => [state, ...destinations.map((one: Body) => one.state)].join(' ');
const failure = (destinationId: string): DestinationReport => ({
  destinationId,
  state: 'FAILED',
  errorCode: 'ConflictException',
  reason: 'Stream already exists',
});

test('a composition waits for a publisher, and gives up after 60 seconds', async (t) => {
  const { start, get, clock, media, told } = await openShow(t);
  const { arn, destinations } = await start();
  clock.advance(60 * second - 1);
  assert.equal(statesOf(await get(arn)), 'STARTING STARTING');
  clock.advance(1);
  const ended = await get(arn);
  assert.equal(statesOf(ended), 'STOPPED STOPPED');
  assert.deepEqual([ended.startTime, ended.endTime], ['2026-11-21T20:00:00Z', '2026-11-21T20:01:00Z']);
  assert.deepEqual(media.jobs, []);
  assert.deepEqual(told(), [`Destination End ${destinations[0].id}`, 'Session End']);
  assert.equal(clock.alarms, 0);
});

test('the first publisher starts the media, with everything that it needs to know', async (t) => {
  const { start, live, stage, media, channel, s3, compositions } = await openShow(t);
  const thumbnailConfigurations = [{ targetIntervalSeconds: 30, storage: ['SEQUENTIAL'] }];
  const { arn, destinations, layout } = await start({
    layout: { pip: { pipWidth: 320 } },
    destinations: [channel, { s3: { ...(s3 as Body).s3, thumbnailConfigurations } }],
  });
  assert.deepEqual(media.jobs, []);
  live.publish(stage, 'p-1');
  await compositions.settled();
  const compositionId = arn.split('/')[1];
  assert.deepEqual(media.job.order, {
    stage,
    compositionId,
    layout,
    destinations: [
      {
        id: destinations[0].id,
        video: { width: 1280, height: 720, framerate: 30, bitrate: 2_500_000 },
        output: { type: 'channel', channelArn, isMade: false },
      },
      {
        id: destinations[1].id,
        video: { width: 640, height: 360, framerate: 30, bitrate: 2_500_000 },
        output: {
          type: 's3',
          bucketName: 'show-archive',
          keyPrefix: `${stage.stageId}/${compositionId}/${destinations[1].id}/composite`,
          recordingConfiguration: { format: 'HLS', hlsConfiguration: { targetSegmentDurationSeconds: 2 } },
          thumbnailConfigurations,
        },
      },
    ],
  });
  live.publish(stage, 'p-2');
  await compositions.settled();
  assert.equal(media.jobs.length, 1);
});

test('a composition of a stage with publishers starts its media at once', async (t) => {
  const { start, live, stage, media, clock } = await openShow(t);
  live.publish(stage, 'p-1');
  await start();
  assert.equal(media.jobs.length, 1);
  clock.advance(hour);
  assert.equal(media.job.stops, 0);
});

test('publishers of other stages are of no account', async (t) => {
  const { start, get, live, stage, media, clock } = await openShow(t);
  const { arn } = await start();
  live.publish({ ...stage, stageId: 'elsewhere000' }, 'p-1');
  clock.advance(60 * second);
  assert.equal(statesOf(await get(arn)), 'STOPPED STOPPED');
  assert.deepEqual(media.jobs, []);
});

test('a composition is active from its first destination on, and ends as it is stopped', async (t) => {
  const { start, get, call, live, stage, media, clock, channel, s3, told, events } = await openShow(t);
  const { arn, destinations } = await start({ destinations: [channel, s3] });
  const [first, other]: string[] = destinations.map(({ id }: Body) => id);
  assert.ok(first && other);
  clock.advance(second);
  live.publish(stage, 'p-1');
  await get(arn);
  clock.advance(second);
  media.job.report({ destinationId: first, state: 'ACTIVE' });
  const active = await get(arn);
  assert.equal(statesOf(active), 'ACTIVE ACTIVE STARTING');
  assert.equal(active.startTime, '2026-11-21T20:00:00Z');
  assert.equal(active.destinations[0].startTime, '2026-11-21T20:00:02Z');
  assert.equal('startTime' in active.destinations[1], false);
  media.job.report({ destinationId: other, state: 'ACTIVE' });
  media.job.report({ destinationId: other, state: 'RECONNECTING' });
  assert.equal(statesOf(await get(arn)), 'ACTIVE ACTIVE RECONNECTING');

  const ending = Promise.withResolvers<void>();
  media.job.end = () => ending.promise;
  assert.deepEqual((await call('StopComposition', { arn })) ?? {}, {});
  assert.equal(statesOf(await get(arn)), 'STOPPING STOPPING STOPPING');
  assert.equal(media.job.stops, 1);
  clock.advance(3 * second);
  media.job.report({ destinationId: first, state: 'STOPPED' });
  assert.equal(statesOf(await get(arn)), 'STOPPING STOPPED STOPPING');
  ending.resolve();
  const ended = await until(
    () => get(arn),
    ({ state }) => state === 'STOPPED',
  );
  assert.deepEqual(media.finished, [arn.split('/')[1]]);
  assert.equal(statesOf(ended), 'STOPPED STOPPED STOPPED');
  assert.equal(ended.endTime, '2026-11-21T20:00:05Z');
  assert.equal(media.job.stops, 1);
  assert.equal(clock.alarms, 0);

  assert.deepEqual(told(), [
    `Destination Start ${first}`,
    'Session Start',
    `Destination Start ${other}`,
    `Destination Reconnecting ${other}`,
    `Destination End ${first}`,
    `Destination End ${other}`,
    'Session End',
  ]);
  const stage_arn = ended.stageArn;
  const time = new Date('2026-11-21T20:00:02Z');
  const common = { scope, detailType: 'IVS Composition State Change', resourceArn: arn, time };
  assert.deepEqual(events.slice(0, 2), [
    { ...common, detail: { event_name: 'Destination Start', stage_arn, id: first } },
    { ...common, detail: { event_name: 'Session Start', stage_arn } },
  ]);
});

test('a composition goes on for 60 seconds without publishers, and no longer', async (t) => {
  const { start, get, live, stage, media, clock } = await openShow(t);
  const { arn, destinations } = await start();
  live.publish(stage, 'p-1');
  live.publish(stage, 'p-2');
  await get(arn);
  media.job.report({ destinationId: destinations[0].id, state: 'ACTIVE' });
  live.unpublish(stage, 'p-1');
  clock.advance(hour);
  live.unpublish(stage, 'p-2');
  clock.advance(59 * second);
  live.publish(stage, 'p-1');
  clock.advance(60 * second);
  assert.equal(statesOf(await get(arn)), 'ACTIVE ACTIVE');
  live.unpublish(stage, 'p-1');
  clock.advance(60 * second);
  assert.equal(statesOf(await get(arn)), 'STOPPED STOPPED');
  assert.deepEqual([media.jobs.length, media.job.stops], [1, 1]);
});

test('a composition is stopped after 24 hours', async (t) => {
  const { start, get, live, stage, clock } = await openShow(t);
  live.publish(stage, 'p-1');
  const { arn } = await start();
  clock.advance(24 * hour - 1);
  assert.equal(statesOf(await get(arn)), 'STARTING STARTING');
  clock.advance(1);
  assert.equal(statesOf(await get(arn)), 'STOPPED STOPPED');
});

test('one destination that fails leaves the other; when all have failed, so has the composition', async (t) => {
  const { start, get, live, stage, media, channel, s3, clock, told, events } = await openShow(t);
  live.publish(stage, 'p-1');
  const { arn, destinations } = await start({ destinations: [channel, s3] });
  const [first, other] = destinations.map(({ id }: Body) => id);
  media.job.report({ destinationId: first, state: 'ACTIVE' });
  media.job.report(failure(other));
  assert.equal(statesOf(await get(arn)), 'ACTIVE ACTIVE FAILED');
  assert.equal(media.job.stops, 0);
  media.job.report(failure(first));
  const failed = await get(arn);
  assert.equal(statesOf(failed), 'FAILED FAILED FAILED');
  assert.equal(failed.endTime, '2026-11-21T20:00:00Z');
  assert.equal(media.job.stops, 1);
  assert.equal(clock.alarms, 0);
  assert.deepEqual(told(), [
    `Destination Start ${first}`,
    'Session Start',
    `Destination Failure ${other} ConflictException`,
    `Destination Failure ${first} ConflictException`,
    'Session Failure DestinationFailure',
  ]);
  const stage_arn = failed.stageArn;
  assert.deepEqual(
    events.slice(-2).map(({ detail }) => detail),
    [
      {
        event_name: 'Destination Failure',
        stage_arn,
        id: first,
        error_code: 'ConflictException',
        reason: 'Stream already exists',
      },
      {
        event_name: 'Session Failure',
        stage_arn,
        error_code: 'DestinationFailure',
        reason: 'One or more outputs failed',
      },
    ],
  );
});

test('a composition whose media cannot start has failed', async (t) => {
  const { start, get, live, stage, media, told } = await openShow(t);
  media.failure = new Error('no such program');
  const { arn, destinations } = await start();
  live.publish(stage, 'p-1');
  assert.equal(statesOf(await get(arn)), 'FAILED FAILED');
  assert.deepEqual(told(), [
    `Destination Failure ${destinations[0].id} InternalServerException`,
    'Session Failure InternalServerException',
  ]);
});

test('a composition whose media cannot end has failed', async (t) => {
  const { start, get, call, live, stage, media } = await openShow(t);
  live.publish(stage, 'p-1');
  const { arn } = await start();
  media.job.end = () => Promise.reject(new Error('it hangs'));
  await call('StopComposition', { arn });
  assert.equal(statesOf(await get(arn)), 'FAILED FAILED');
});

test('a composition that has ended starts no media and hears no more of it', async (t) => {
  const { start, get, call, live, stage, media, clock, told } = await openShow(t);
  const { arn } = await start();
  await call('StopComposition', { arn });
  const ended = await get(arn);
  live.publish(stage, 'p-1');
  assert.deepEqual(await get(arn), ended);
  assert.deepEqual(media.jobs, []);

  const { arn: second, destinations } = await start();
  await call('StopComposition', { arn: second });
  const before = await get(second);
  const count = told().length;
  media.job.report({ destinationId: destinations[0].id, state: 'ACTIVE' });
  clock.advance(1);
  assert.deepEqual(await get(second), before);
  assert.equal(told().length, count);
});

test('the compositions of a deleted stage have failed with it, and their media ends', async (t) => {
  const { start, get, call, live, stage, stageArn, media, clock, told, events } = await openShow(t);
  live.publish(stage, 'p-1');
  const { arn, destinations } = await start();
  media.job.report({ destinationId: destinations[0].id, state: 'ACTIVE' });
  const { arn: other } = await start();
  const { stage: stays } = await call('CreateStage');
  const { arn: elsewhere } = await start({ stageArn: stays.arn });

  await call('DeleteStage', { arn: stageArn });
  const failed = await get(arn);
  assert.equal(statesOf(failed), 'FAILED STOPPED');
  assert.equal(failed.endTime, '2026-11-21T20:00:00Z');
  assert.equal(statesOf(await get(other)), 'FAILED STOPPED');
  assert.equal(statesOf(await get(elsewhere)), 'STARTING STARTING');
  assert.deepEqual(
    media.jobs.map(({ stops }) => stops),
    [1, 1],
  );
  assert.equal(clock.alarms, 2, 'those of the one that is left');
  assert.deepEqual(told().slice(0, 4), [
    `Destination Start ${destinations[0].id}`,
    'Session Start',
    `Destination End ${destinations[0].id}`,
    'Session Failure StageDeleted',
  ]);
  assert.deepEqual(events.find(({ detail }) => detail.error_code === 'StageDeleted')?.detail, {
    event_name: 'Session Failure',
    stage_arn: stageArn,
    error_code: 'StageDeleted',
    reason: 'Stage has been deleted',
  });
});

test('a stage that is not deleted after all keeps its compositions', async (t) => {
  const { start, get, store, compositions, stage, told } = await openShow(t);
  const { arn } = await start();
  await assert.rejects(
    store.write(async (trx) => {
      await compositions.stageDeleted(trx, stage);
      throw new Error('changed my mind');
    }),
    /changed my mind/,
  );
  assert.equal(statesOf(await get(arn)), 'STARTING STARTING');
  assert.equal(told().length, 2, 'the log of this test does not take back what is recorded');
});

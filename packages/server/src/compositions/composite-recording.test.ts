import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import type { Body } from '../control-plane.fixture.ts';
import { until } from '../until.fixture.ts';
import { type ComposedShow, openComposedShow, publishTo, statesOf } from './composed-show.fixture.ts';

const second = 1_000;
const minute = 60 * second;
const bucket = 'show-archive';
const thumbnailConfigurations = [{ targetIntervalSeconds: 30, storage: ['SEQUENTIAL', 'LATEST'] }];

/** A composition that records and has begun to. */
async function record(show: ComposedShow, s3: object = show.s3) {
  show.publish('p-1');
  const composition = await show.start({ destinations: [s3] });
  const [{ id, detail }] = composition.destinations;
  const composed = show.compositors.composition;
  return { arn: composition.arn, id, prefix: String(detail.s3.recordingPrefix), composed };
}

/** Has the composer write what it does at the beginning. */
async function writeFirst({ composed, id }: Awaited<ReturnType<typeof record>>): Promise<string> {
  const { rendition } = composed.hls(id);
  const folder = `media/hls/${rendition}`;
  await composed.write(id, `${folder}/init-0.mp4`, { final: true });
  await composed.write(id, `${folder}/0.mp4`, { final: true });
  await composed.write(id, `${folder}/playlist.m3u8`, { final: false });
  composed.emit('report', id, { state: 'ACTIVE' });
  return folder;
}

test('a composition is recorded into its bucket, from the first file to the last word', async (t) => {
  const show = await openComposedShow(t);
  const s3 = { s3: { ...(show.s3 as Body).s3, thumbnailConfigurations } };
  const recording = await record(show, s3);
  const { arn, id, prefix, composed } = recording;
  const { folder, rendition, ...settings } = composed.hls(id);
  assert.match(rendition, /^360p30-[A-Za-z0-9]{12}$/);
  assert.deepEqual(settings, {
    type: 'hls',
    targetSegmentDurationSeconds: 2,
    thumbnails: { targetIntervalSeconds: 30, storage: ['SEQUENTIAL', 'LATEST'] },
  });
  assert.deepEqual(composed.options.destinations[0]?.picture, {
    width: 640,
    height: 360,
    framesPerSecond: 30,
    bitrateBps: 2_500_000,
  });
  const media = await writeFirst(recording);
  await show.untilStates(arn, 'ACTIVE ACTIVE');

  show.clock.advance(30 * minute);
  const files = [`${media}/0.mp4`, `${media}/init-0.mp4`, `${media}/playlist.m3u8`];
  show.closed = { durationMs: 1_800_000, files };
  await show.stop(arn);
  await show.untilStates(arn, 'STOPPED STOPPED');
  assert.deepEqual(show.closedFolders, [{ folder, lost: [], rendition }]);
  const keys = await show.keys(bucket);
  const expected = ['events/recording-ended.json', 'events/recording-started.json', ...files];
  assert.deepEqual(keys, expected.map((file) => `${prefix}/${file}`).sort());
  // Who finds the last word finds all else.
  assert.equal(show.objects.puts.at(-1), `${prefix}/events/recording-ended.json`);
  assert.equal(show.objects.puts[0], `${prefix}/events/recording-started.json`);
  const ended = await show.read(bucket, `${prefix}/events/recording-ended.json`);
  assert.equal(ended.recording_started_at, '2026-11-21T20:00:00Z');
  assert.equal(ended.recording_ended_at, '2026-11-21T20:30:00Z');
  assert.equal(ended.media.hls.duration_ms, 1_800_000);
  assert.deepEqual(show.told(), [`Destination Start ${id}`, 'Session Start', `Destination End ${id}`, 'Session End']);
  await until(
    () => show.spool.recordingIds,
    (ids) => ids.length === 0,
  );
});

for (const [mood, errorCode, reason] of [
  ['lacks', 'ResourceNotFoundException', 'S3 bucket not found. Please verify your bucket exists.'],
  ['denies', 'AccessDeniedException', 'Access denied to S3 bucket. Please verify your bucket policy.'],
] as const) {
  test(`a bucket that ${mood} fails the destination with ${errorCode} before anything is composed`, async (t) => {
    const show = await openComposedShow(t);
    show.publish('p-1');
    show.compositors.failure = new Error('nothing is to be composed');
    show.objects.mood = mood;
    const { arn, destinations } = await show.start({ destinations: [show.s3] });
    await show.untilStates(arn, 'FAILED FAILED');
    assert.deepEqual(show.told(), [
      `Destination Failure ${destinations[0].id} ${errorCode}`,
      'Session Failure DestinationFailure',
    ]);
    const failure = show.events.find(({ detail }) => detail.event_name === 'Destination Failure');
    assert.equal(failure?.detail.reason, reason);
  });
}

test('while the store is away a recording reconnects, and goes on with all that waited', async (t) => {
  const show = await openComposedShow(t);
  const recording = await record(show);
  const { arn, id, prefix, composed } = recording;
  const media = await writeFirst(recording);
  await show.untilStates(arn, 'ACTIVE ACTIVE');

  show.objects.mood = 'away';
  const attempts = show.objects.attempts.length;
  await composed.write(id, `${media}/1.mp4`, { final: true });
  await until(
    () => show.objects.attempts.length,
    (count) => count > attempts,
  );
  await until(
    () => {
      show.clock.advance(100);
      return show.told();
    },
    (told) => told.includes(`Destination Reconnecting ${id}`),
  );
  await show.untilStates(arn, 'ACTIVE RECONNECTING');
  show.objects.mood = 'well';
  await until(
    () => {
      show.clock.advance(second);
      return show.objects.puts;
    },
    (puts) => puts.includes(`${prefix}/${media}/1.mp4`),
  );
  await show.untilStates(arn, 'ACTIVE ACTIVE');
});

test('a store that stays away at the end fails the recording, and gets what there is when it is back', async (t) => {
  const show = await openComposedShow(t);
  const recording = await record(show);
  const { arn, id, prefix } = recording;
  show.objects.mood = 'away';
  const media = await writeFirst(recording);
  await show.untilStates(arn, 'ACTIVE ACTIVE');
  show.closed = { durationMs: 2_000, files: [`${media}/0.mp4`] };
  await show.stop(arn);
  await show.untilStates(arn, 'STOPPING STOPPING');
  await until(
    () => show.closedFolders.length,
    (count) => count === 1,
  );
  await until(
    async () => {
      show.clock.advance(10 * second);
      return (await show.call('GetComposition', { arn })).composition.state;
    },
    (state) => state === 'FAILED',
  );
  const tookMs = show.clock.now().getTime() - Date.parse('2026-11-21T20:00:00Z');
  assert.ok(tookMs >= 5 * minute, `given up after ${tookMs} ms`);
  assert.ok(show.told().includes(`Destination Failure ${id} InternalServerException`));

  show.objects.mood = 'well';
  await until(
    () => {
      show.clock.advance(10 * second);
      return show.spool.recordingIds;
    },
    (ids) => ids.length === 0,
  );
  const failed = await show.read(bucket, `${prefix}/events/recording-failed.json`);
  assert.equal(failed.recording_status, 'RECORDING_ENDED_WITH_FAILURE');
  assert.equal(failed.media.hls.duration_ms, 2_000);
  assert.equal(await show.read(bucket, `${prefix}/events/recording-ended.json`), undefined);
  assert.ok((await show.keys(bucket)).includes(`${prefix}/${media}/0.mp4`));
});

test('a recording that finds no room fails, and what is written afterwards does not stay', async (t) => {
  const show = await openComposedShow(t);
  show.publish('p-1');
  const { arn, destinations } = await show.start({ destinations: [show.channel, show.s3] });
  const [{ id: live }, { id, detail }] = destinations;
  const composed = show.compositors.composition;
  const media = await writeFirst({ arn, id, prefix: '', composed });
  const channelMedia = `media/hls/${composed.hls(live).rendition}`;
  composed.emit('report', live, { state: 'ACTIVE' });
  await composed.write(live, `${channelMedia}/playlist.m3u8`, { final: false });
  await show.untilStates(arn, 'ACTIVE ACTIVE ACTIVE');
  composed.emit('duration', id, 2_000);
  await composed.write(id, `${media}/1.mp4`, { final: true }, 'x'.repeat(200_000));
  await show.untilStates(arn, 'ACTIVE ACTIVE FAILED');
  assert.ok(show.told().includes(`Destination Failure ${id} InternalServerException`));
  const failed = await until(
    () => show.read(bucket, `${detail.s3.recordingPrefix}/events/recording-failed.json`),
    (text) => text !== undefined,
  );
  assert.equal(failed.media.hls.duration_ms, 2_000);
  assert.deepEqual(composed.endedDestinations, [id], 'nothing is encoded for it any more');
  assert.equal(composed.stops, 0);

  const { folder } = composed.hls(id);
  await composed.write(id, `${media}/2.mp4`, { final: true });
  await until(
    () => readdir(`${folder}/${media}`),
    (names) => !names.includes('1.mp4') && !names.includes('2.mp4'),
  );
  await show.stop(arn);
  await show.untilStates(arn, 'STOPPED STOPPED FAILED');
});

test('a composition that goes on after a restart goes on in the same folder', async (t) => {
  const show = await openComposedShow(t);
  const recording = await record(show);
  const { arn, id, prefix, composed } = recording;
  const before = composed.hls(id);
  await writeFirst(recording);
  await show.untilStates(arn, 'ACTIVE ACTIVE');
  show.clock.advance(minute);

  const { live, compositors } = await show.restart();
  assert.equal(composed.stops, 1);
  assert.deepEqual(show.closedFolders, [], 'nothing has ended');
  await show.untilStates(arn, 'ACTIVE RECONNECTING');
  publishTo(live, show.stage, 'p-1');
  await until(
    () => compositors.compositions.length,
    (count) => count === 1,
  );
  assert.deepEqual(compositors.composition.hls(id), before);
  compositors.composition.emit('report', id, { state: 'ACTIVE' });
  await show.untilStates(arn, 'ACTIVE ACTIVE');
  await show.stop(arn);
  await show.untilStates(arn, 'STOPPED STOPPED');
  const ended = await show.read(bucket, `${prefix}/events/recording-ended.json`);
  assert.equal(ended.recording_started_at, '2026-11-21T20:00:00Z');
  const starts = show.objects.puts.filter((key) => key.endsWith('recording-started.json'));
  assert.equal(starts.length, 1);
});

test('what was recorded is ended after a restart where nobody comes back', async (t) => {
  const show = await openComposedShow(t);
  const recording = await record(show);
  const { arn, prefix } = recording;
  await writeFirst(recording);
  await show.untilStates(arn, 'ACTIVE ACTIVE');
  const { compositors } = await show.restart();
  show.clock.advance(minute);
  await show.untilStates(arn, 'STOPPED STOPPED');
  assert.deepEqual(compositors.compositions, []);
  const ended = await show.read(bucket, `${prefix}/events/recording-ended.json`);
  assert.equal(ended.recording_status, 'RECORDING_ENDED');
  await until(
    () => show.spool.recordingIds,
    (ids) => ids.length === 0,
  );
});

test('a store that is away when a composition ends after a restart fails the recording as well', async (t) => {
  const show = await openComposedShow(t);
  const recording = await record(show);
  const { arn, id } = recording;
  show.objects.mood = 'away';
  await writeFirst(recording);
  await show.untilStates(arn, 'ACTIVE ACTIVE');
  await show.stop(arn);
  await show.untilStates(arn, 'STOPPING STOPPING');
  await show.restart();
  assert.equal(statesOf((await show.call('GetComposition', { arn })).composition), 'STOPPING STOPPING');
  await until(
    async () => {
      show.clock.advance(10 * second);
      return statesOf((await show.call('GetComposition', { arn })).composition);
    },
    (states) => states === 'FAILED FAILED',
  );
  assert.deepEqual(show.told().slice(-2), [
    `Destination Failure ${id} InternalServerException`,
    'Session Failure DestinationFailure',
  ]);
});

test('a recording of a composition that had ended when the server was killed is ended by the next one', async (t) => {
  const show = await openComposedShow(t);
  const recording = await record(show);
  const { arn, prefix } = recording;
  await writeFirst(recording);
  await show.untilStates(arn, 'ACTIVE ACTIVE');
  // Nobody was there any more who could follow.
  await show.close();
  await show.call('DeleteStage', { arn: show.stageArn });
  await show.stop(arn);
  await show.restart();
  await until(
    () => show.read(bucket, `${prefix}/events/recording-ended.json`),
    (text) => text !== undefined,
  );
});

test('what cannot be composed fails with an error of the service, and the recording with it', async (t) => {
  const show = await openComposedShow(t);
  show.publish('p-1');
  show.compositors.failure = Object.assign(new Error('the processor is full'), { code: 'NO_CAPACITY' });
  const { arn, destinations } = await show.start({ destinations: [show.channel, show.s3] });
  await show.untilStates(arn, 'FAILED FAILED FAILED');
  assert.equal(show.capacityRefusals.length, 1);
  const reasons = show.events.flatMap(({ detail }) => (detail.reason === undefined ? [] : [detail.reason]));
  assert.deepEqual(reasons, ['Service internal error', 'Service internal error', 'One or more outputs failed']);
  const { recordingPrefix } = destinations[1].detail.s3;
  const failed = await until(
    () => show.read(bucket, `${recordingPrefix}/events/recording-failed.json`),
    (text) => text !== undefined,
  );
  assert.equal(failed.recording_status_message, 'Service internal error');
});

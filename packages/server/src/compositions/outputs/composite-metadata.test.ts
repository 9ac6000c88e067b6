import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compositeEnded, compositeFailed, compositeStarted } from './composite-metadata.ts';
import type { CompositeRecord } from './composite-record.ts';

const size = { resolution_width: 1280, resolution_height: 720 };
const hls = {
  path: 'media/hls',
  playlist: 'multivariant.m3u8',
  renditions: [{ path: '720p30-k3Jd9aQ1xYz0', playlist: 'playlist.m3u8', ...size }],
};
const thumbnails = { path: 'media/thumbnails', resolutions: [{ path: '1280x720', ...size }] };
const latest_thumbnail = { path: 'media/latest_thumbnail', resolutions: [{ path: '1280x720', ...size }] };
const who = { version: 'v1', stage_arn: 'arn:aws:ivs:eu-west-1:111122223333:stage/Fr1dayShow01' };
const endTime = new Date('2026-11-21T20:35:02.900Z');

const recording: CompositeRecord = {
  compositionId: 'CompAAAA0001',
  destinationId: 'DestBBBB0002',
  stage: { account: '111122223333', region: 'eu-west-1', stageId: 'Fr1dayShow01' },
  bucketName: 'show-archive',
  prefix: 'Fr1dayShow01/CompAAAA0001/DestBBBB0002/composite',
  rendition: '720p30-k3Jd9aQ1xYz0',
  width: 1280,
  height: 720,
  targetSegmentDurationSeconds: 2,
  startTime: new Date('2026-11-21T20:05:02.100Z'),
  isOver: false,
};

const written = (content: object) => `${JSON.stringify(content, undefined, 2)}\n`;

test('recording-started.json tells of which stage, since when, and where everything will be', () => {
  const all = { targetIntervalSeconds: 60, storage: ['SEQUENTIAL', 'LATEST'] } as const;
  const { path, text } = compositeStarted({ ...recording, thumbnails: all });
  assert.equal(path, 'events/recording-started.json');
  const golden = {
    ...who,
    recording_started_at: '2026-11-21T20:05:02Z',
    recording_status: 'RECORDING_STARTED',
    media: { hls, thumbnails, latest_thumbnail },
  };
  assert.equal(text, written(golden));
});

test('recording-ended.json tells the end and the duration as well', () => {
  const { path, text } = compositeEnded(
    { ...recording, thumbnails: { targetIntervalSeconds: 60, storage: ['SEQUENTIAL'] } },
    endTime,
    1_800_000,
  );
  assert.equal(path, 'events/recording-ended.json');
  const golden = {
    ...who,
    recording_started_at: '2026-11-21T20:05:02Z',
    recording_ended_at: '2026-11-21T20:35:02Z',
    recording_status: 'RECORDING_ENDED',
    media: { hls: { duration_ms: 1_800_000, ...hls }, thumbnails },
  };
  assert.equal(text, written(golden));
});

test('recording-failed.json tells what went wrong', () => {
  const reason = 'Access denied to S3 bucket. Please verify your bucket policy.';
  const { path, text } = compositeFailed(recording, reason, endTime, 240_000);
  assert.equal(path, 'events/recording-failed.json');
  const golden = {
    ...who,
    recording_started_at: '2026-11-21T20:05:02Z',
    recording_ended_at: '2026-11-21T20:35:02Z',
    recording_status: 'RECORDING_ENDED_WITH_FAILURE',
    recording_status_message: reason,
    media: { hls: { duration_ms: 240_000, ...hls } },
  };
  assert.equal(text, written(golden));
});

test('recording-failed.json of a recording that never began has no beginning and no length', () => {
  const { startTime: _, ...unbegun } = recording;
  const { text } = compositeFailed(unbegun, 'Service internal error', endTime, 1_000);
  const golden = {
    ...who,
    recording_ended_at: '2026-11-21T20:35:02Z',
    recording_status: 'RECORDING_START_FAILED',
    recording_status_message: 'Service internal error',
    media: { hls: { duration_ms: 0, ...hls } },
  };
  assert.equal(text, written(golden));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AutoParticipantRecordingConfiguration } from '@proscenium/model';
import { fillRecordingSettings } from '../stages/recording-settings.ts';
import { recordingFailure } from './recording-failure.ts';
import { recordingEnded, recordingFailed, recordingStarted } from './recording-metadata.ts';
import { recordingRecord, storageConfigurationArn } from './recording-record.fixture.ts';

const who = {
  version: 'v1',
  stage_arn: 'arn:aws:ivs:us-west-2:123456789012:stage/Fr1dayShow01',
  session_id: 'st-9z8y7x6w5v4u3',
  participant_id: 'pHostAAAA001',
};
const hls = {
  path: 'media/hls',
  playlist: 'multivariant.m3u8',
  renditions: [{ path: 'high', playlist: 'playlist.m3u8' }],
};
const thumbnails = { path: 'media/thumbnails', renditions: [{ path: 'high' }] };
const latest_thumbnail = { path: 'media/latest_thumbnail', renditions: [{ path: 'high' }] };
const endTime = new Date('2026-11-21T20:30:00.750Z');

function settings(wished: Partial<AutoParticipantRecordingConfiguration>) {
  return fillRecordingSettings({ storageConfigurationArn, ...wished });
}

test('recording-started.json tells who is recorded, since when, and where everything will be', () => {
  const withThumbnails = settings({
    thumbnailConfiguration: { recordingMode: 'INTERVAL', storage: ['SEQUENTIAL', 'LATEST'] },
  });
  const { path, text } = recordingStarted(recordingRecord({ settings: withThumbnails }));
  assert.equal(path, 'events/recording-started.json');
  const golden = {
    ...who,
    recording_started_at: '2026-11-21T20:01:04Z',
    recording_status: 'RECORDING_STARTED',
    media: { hls, thumbnails, latest_thumbnail },
  };
  assert.equal(text, `${JSON.stringify(golden, undefined, 2)}\n`);
});

test('recording-ended.json tells the end and the duration as well', () => {
  const { path, text } = recordingEnded(recordingRecord({ state: 'STOPPING' }), endTime, 1_735_880);
  assert.equal(path, 'events/recording-ended.json');
  const golden = {
    ...who,
    recording_started_at: '2026-11-21T20:01:04Z',
    recording_ended_at: '2026-11-21T20:30:00Z',
    recording_status: 'RECORDING_ENDED',
    media: { hls: { duration_ms: 1_735_880, ...hls } },
  };
  assert.equal(text, `${JSON.stringify(golden, undefined, 2)}\n`);
});

test('recording-failed.json tells what went wrong', () => {
  const failure = recordingFailure(Object.assign(new Error(), { code: 'AccessDeniedException' }));
  const { path, text } = recordingFailed(recordingRecord({ state: 'STOPPING' }), failure, endTime, 240_000);
  assert.equal(path, 'events/recording-failed.json');
  const golden = {
    ...who,
    recording_started_at: '2026-11-21T20:01:04Z',
    recording_ended_at: '2026-11-21T20:30:00Z',
    recording_status: 'RECORDING_ENDED_WITH_FAILURE',
    recording_status_message: 'Access denied to S3 bucket. Please verify your bucket policy.',
    media: { hls: { duration_ms: 240_000, ...hls } },
  };
  assert.equal(text, `${JSON.stringify(golden, undefined, 2)}\n`);
});

test('recording-failed.json of a recording that never began has no beginning and no media', () => {
  const failure = recordingFailure(Object.assign(new Error(), { code: 'UNSUPPORTED_CODEC' }));
  const golden = {
    ...who,
    recording_ended_at: '2026-11-21T20:30:00Z',
    recording_status: 'RECORDING_START_FAILED',
    recording_status_message: 'Video codec not supported for recording',
    media: { hls: { duration_ms: 0, ...hls } },
  };
  const { text } = recordingFailed(recordingRecord({ state: 'STARTING' }), failure, endTime, 2_000);
  assert.equal(text, `${JSON.stringify(golden, undefined, 2)}\n`);
});

test('only what is recorded is told', () => {
  const mediaOf = (wished: Partial<AutoParticipantRecordingConfiguration>) => {
    const recording = recordingRecord({ settings: settings(wished) });
    const [started, ended] = [recordingStarted(recording), recordingEnded(recording, endTime, 5)];
    return [started, ended].map(({ text }) => Object.keys(JSON.parse(text).media));
  };
  const interval = (storage: ('SEQUENTIAL' | 'LATEST')[]) => ({
    thumbnailConfiguration: { recordingMode: 'INTERVAL' as const, storage },
  });
  assert.deepEqual(mediaOf({ mediaTypes: ['AUDIO_ONLY'] }), [['hls'], ['hls']]);
  assert.deepEqual(mediaOf(interval(['SEQUENTIAL'])), [
    ['hls', 'thumbnails'],
    ['hls', 'thumbnails'],
  ]);
  assert.deepEqual(mediaOf({ mediaTypes: ['NONE'], ...interval(['LATEST']) }), [
    ['latest_thumbnail'],
    ['latest_thumbnail'],
  ]);
});

test('a merged recording bears the session in its prefix, whichever runs now', () => {
  const { text } = recordingEnded(recordingRecord({ sessionId: 'st-another' }), endTime, 5);
  assert.equal(JSON.parse(text).session_id, who.session_id);
});

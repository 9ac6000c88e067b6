import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Body } from '../control-plane.fixture.ts';
import { ObjectStoreFailure } from '../objects/object-store-failure.ts';
import { until } from '../until.fixture.ts';
import { openRecordedShow } from './recorded-show.fixture.ts';
import { listRecordings } from './recording-table.ts';

const playlists = ['media/hls/multivariant.m3u8', 'media/hls/high/playlist.m3u8'];
const withWindow = { recordingReconnectWindowSeconds: 60 };

test('a publish is recorded from its beginning to its end', async (t) => {
  const show = await openRecordedShow(t);
  const { publish, unpublish, participant, untilState, told, uploaded, recordingMedia } = show;
  await publish('host');
  const prefix = `${show.stage.stageId}/${show.sessionId}/host/2026-11-21T20-00-00Z`;
  const active = await participant('host');
  assert.deepEqual(
    [active.recordingState, active.recordingS3BucketName, active.recordingS3Prefix],
    ['ACTIVE', 'show-archive', prefix],
  );
  const { participants } = await show.call('ListParticipants', {
    stageArn: show.stageArn,
    sessionId: show.sessionId,
    filterByRecordingState: 'ACTIVE',
  });
  assert.deepEqual(
    participants.map(({ participantId, recordingState }: Body) => [participantId, recordingState]),
    [['host', 'ACTIVE']],
  );
  const detail = {
    session_id: show.sessionId,
    participant_id: 'host',
    recording_s3_bucket_name: 'show-archive',
    recording_s3_key_prefix: prefix,
  };
  assert.deepEqual(told(), [{ name: 'Recording Start', detail: { ...detail, event_name: 'Recording Start' } }]);

  await recordingMedia.job.write('media/hls/high/0.mp4', { final: true });
  await recordingMedia.job.write('media/hls/high/playlist.m3u8', { final: false });
  await until(
    () => uploaded(prefix),
    ({ length }) => length === 3,
  );
  await recordingMedia.holds(['media/hls/high/1.mp4', 'media/hls/multivariant.m3u8'], { durationMs: 6_006 });
  show.clock.advance(7_000);
  await unpublish('host');
  await untilState('host', 'STOPPED');
  assert.equal(recordingMedia.job.stops, 1);
  assert.deepEqual(uploaded(prefix), [
    'events/recording-started.json',
    'media/hls/high/0.mp4',
    'media/hls/high/playlist.m3u8',
    'media/hls/high/1.mp4',
    'media/hls/multivariant.m3u8',
    'events/recording-ended.json',
  ]);
  const ended = await show.read(prefix, 'events/recording-ended.json');
  assert.equal(ended.recording_ended_at, '2026-11-21T20:00:07Z');
  assert.equal(ended.media.hls.duration_ms, 6_006);
  assert.deepEqual(told().at(-1), {
    name: 'Recording End',
    detail: { ...detail, event_name: 'Recording End', recording_duration_ms: 6_006 },
  });
  await until(
    () => show.recordings.states,
    ({ length }) => length === 0,
  );
  assert.deepEqual(show.spool.recordingIds, []);
});

test('the end is told when everything is uploaded, and not before', async (t) => {
  const { publish, unpublish, participant, untilState, told, objects, folder } = await openRecordedShow(t);
  await publish('host');
  await (await folder()).settled();
  const { promise, resolve } = Promise.withResolvers<void>();
  objects.gate = promise;
  await unpublish('host');
  await untilState('host', 'STOPPING');
  await until(
    () => objects.underWay,
    (puts) => puts > 0,
  );
  assert.equal((await participant('host')).recordingState, 'STOPPING');
  assert.deepEqual(
    told().map(({ name }) => name),
    ['Recording Start'],
  );
  resolve();
  await untilState('host', 'STOPPED');
});

test('what a stage wishes is what the recorder is told', async (t) => {
  const show = await openRecordedShow(t, {
    mediaTypes: ['AUDIO_ONLY'],
    hlsConfiguration: { targetSegmentDurationSeconds: 4 },
    thumbnailConfiguration: { recordingMode: 'INTERVAL', targetIntervalSeconds: 10, storage: ['LATEST'] },
  });
  await show.publish('host');
  const { folder, ...options } = show.recordingMedia.job.options;
  assert.deepEqual(options, {
    mediaType: 'AUDIO_ONLY',
    targetSegmentDurationSeconds: 4,
    thumbnails: { targetIntervalSeconds: 10, storage: ['LATEST'] },
  });
});

test('nobody is recorded where nothing is to be, and no replica where they are not', async (t) => {
  for (const [configuration, isReplica] of [
    [{ storageConfigurationArn: '' }, false],
    [{ mediaTypes: ['NONE'] as 'NONE'[] }, false],
    [{ recordParticipantReplicas: false }, true],
  ] as const) {
    const { publish, participant, recordingMedia } = await openRecordedShow(t, {
      ...configuration,
      ...('mediaTypes' in configuration && { mediaTypes: [...configuration.mediaTypes] }),
    });
    await publish('host', { isReplica });
    const { recordingState, recordingS3BucketName, recordingS3Prefix } = await participant('host');
    assert.deepEqual([recordingState, recordingS3BucketName, recordingS3Prefix], ['DISABLED', '', '']);
    assert.deepEqual(recordingMedia.jobs, []);
  }
});

test('of redundant ingest each encoder is recorded, and not what is seen of them', async (t) => {
  const { publish, participant, recordingMedia } = await openRecordedShow(t);
  await publish('virtual', { isVirtual: true });
  await publish('encoder');
  assert.deepEqual(
    [(await participant('virtual')).recordingState, (await participant('encoder')).recordingState],
    ['DISABLED', 'ACTIVE'],
  );
  assert.equal(recordingMedia.jobs.length, 1);
});

test('a replica is recorded as everybody else unless the stage says otherwise', async (t) => {
  const { publish, participant } = await openRecordedShow(t);
  await publish('guest', { isReplica: true });
  assert.equal((await participant('guest')).recordingState, 'ACTIVE');
});

test('each publish has a prefix of its own, also within one second', async (t) => {
  const { publish, unpublish, participant, untilState, told } = await openRecordedShow(t);
  const prefixes: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    await publish('host');
    prefixes.push((await participant('host')).recordingS3Prefix.split('/').at(-1));
    await unpublish('host');
    await untilState('host', 'STOPPED');
  }
  assert.deepEqual(prefixes, ['2026-11-21T20-00-00Z', '2026-11-21T20-00-01Z', '2026-11-21T20-00-02Z']);
  assert.deepEqual(
    told().map(({ name }) => name),
    Array.from({ length: 3 }, () => ['Recording Start', 'Recording End']).flat(),
  );
});

test('a participant shows its newest recording, whatever becomes of an older one', async (t) => {
  const { publish, unpublish, participant, untilState, told, objects, folder } = await openRecordedShow(t);
  await publish('host');
  await (await folder()).settled();
  const { promise, resolve } = Promise.withResolvers<void>();
  objects.gate = promise;
  await unpublish('host');
  await untilState('host', 'STOPPING');
  await publish('host');
  const newer = await participant('host');
  assert.equal(newer.recordingState, 'ACTIVE');
  resolve();
  await until(told, ({ length }) => length === 3);
  assert.deepEqual(await participant('host'), newer);
});

test('a publisher that comes back within the window goes on with its recording', async (t) => {
  const show = await openRecordedShow(t, withWindow);
  const { publish, unpublish, participant, untilState, told, uploaded, clock, recordingMedia } = show;
  await publish('host');
  const first = await participant('host');
  await unpublish('host');
  clock.advance(59_999);
  assert.deepEqual(await participant('host'), first);
  await publish('host');
  assert.deepEqual(await participant('host'), first);
  assert.equal(new Set(recordingMedia.jobs.map(({ options }) => options.folder)).size, 1);
  assert.deepEqual(recordingMedia.closedFolders, []);

  await recordingMedia.holds([], { durationMs: 12_000 });
  await unpublish('host');
  clock.advance(59_999);
  assert.equal(told().length, 1);
  clock.advance(1);
  await untilState('host', 'STOPPED');
  assert.deepEqual(
    told().map(({ name, detail }) => [name, detail.recording_duration_ms]),
    [
      ['Recording Start', undefined],
      ['Recording End', 12_000],
    ],
  );
  assert.deepEqual(uploaded(first.recordingS3Prefix), ['events/recording-started.json', 'events/recording-ended.json']);
  const ended = await show.read(first.recordingS3Prefix, 'events/recording-ended.json');
  assert.equal(ended.recording_ended_at, '2026-11-21T20:00:59Z');
});

test('a merged recording shows its first prefix in the session that it has come to', async (t) => {
  const show = await openRecordedShow(t, withWindow);
  const { publish, unpublish, participant, untilState, told, clock } = show;
  await publish('host');
  const { recordingS3Prefix } = await participant('host');
  await unpublish('host');
  const sessionId = await show.openSession();
  await publish('host', { sessionId });
  assert.equal((await participant('host')).recordingState, 'STOPPED');
  const merged = await participant('host', sessionId);
  assert.deepEqual([merged.recordingState, merged.recordingS3Prefix], ['ACTIVE', recordingS3Prefix]);
  await unpublish('host');
  clock.advance(60_000);
  await untilState('host', 'STOPPED', sessionId);
  assert.deepEqual(
    told().map(({ detail }) => detail.session_id),
    [show.sessionId, sessionId],
  );
});

test('nothing is merged after the window, with another storage, or without a window', async (t) => {
  const cases: readonly ((show: Awaited<ReturnType<typeof openRecordedShow>>) => unknown)[] = [
    ({ clock }) => clock.advance(60_000),
    async ({ call, stageArn }) => {
      const s3 = { bucketName: 'another-archive' };
      const { storageConfiguration } = await call('CreateStorageConfiguration', { s3 });
      const storageConfigurationArn = storageConfiguration.arn;
      const autoParticipantRecordingConfiguration = { storageConfigurationArn, ...withWindow };
      await call('UpdateStage', { arn: stageArn, autoParticipantRecordingConfiguration });
    },
    async ({ call, stageArn, storageArn: storageConfigurationArn }) => {
      await call('UpdateStage', {
        arn: stageArn,
        autoParticipantRecordingConfiguration: { storageConfigurationArn },
      });
    },
  ];
  for (const happens of cases) {
    const show = await openRecordedShow(t, withWindow);
    await show.publish('host');
    const { recordingS3Prefix } = await show.participant('host');
    await show.unpublish('host');
    await happens(show);
    await show.publish('host');
    await until(show.told, ({ length }) => length === 3);
    const newer = await show.participant('host');
    assert.notEqual(newer.recordingS3Prefix, recordingS3Prefix);
    assert.equal(newer.recordingState, 'ACTIVE');
    assert.ok(
      show.told().some(({ name, detail }) => {
        return name === 'Recording End' && detail.recording_s3_key_prefix === recordingS3Prefix;
      }),
    );
  }
});

test('who cannot come back is not waited for', async (t) => {
  for (const end of ['DisconnectParticipant', 'DeleteStage'] as const) {
    const show = await openRecordedShow(t, withWindow);
    const { publish, unpublish, told, stageArn } = show;
    await publish('host');
    await publish('guest');
    await unpublish('host');
    await show.call(end, end === 'DeleteStage' ? { arn: stageArn } : { stageArn, participantId: 'host' });
    const ends = await until(
      () => told().filter(({ name }) => name === 'Recording End'),
      ({ length }) => length === (end === 'DeleteStage' ? 2 : 1),
    );
    assert.ok(ends.some(({ detail }) => detail.participant_id === 'host'));
  }
});

test('a bucket that takes nothing lets no recording begin, and publishing goes on', async (t) => {
  for (const [code, reason] of [
    ['ResourceNotFoundException', 'S3 bucket not found. Please verify your bucket exists.'],
    ['AccessDeniedException', 'Access denied to S3 bucket. Please verify your bucket policy.'],
  ] as const) {
    const { publish, untilState, told, live, stage, objects, recordingMedia } = await openRecordedShow(t);
    const refuse = async () => {
      throw new ObjectStoreFailure(code, { refused: true });
    };
    t.mock.method(objects, 'check', refuse);
    t.mock.method(objects, 'put', refuse);
    await publish('host');
    await untilState('host', 'FAILED');
    const [news, ...others] = told();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [news?.name, news?.detail.error_code, news?.detail.reason, news?.detail.recording_duration_ms],
      ['Recording Start Failure', code, reason, undefined],
    );
    assert.equal(recordingMedia.job.stops, 1);
    assert.deepEqual(live.publishers(stage), ['host']);
  }
});

test('a codec that cannot be recorded lets no recording begin, and the bucket says so', async (t) => {
  const { publish, untilState, told, uploaded, recordingMedia } = await openRecordedShow(t);
  recordingMedia.failure = Object.assign(new Error('no such codec'), { code: 'UNSUPPORTED_CODEC' });
  await publish('host');
  const { recordingS3Prefix } = await untilState('host', 'FAILED');
  assert.deepEqual(
    told().map(({ name, detail }) => [name, detail.error_code]),
    [['Recording Start Failure', 'ValidationException']],
  );
  await until(
    () => uploaded(recordingS3Prefix),
    ([first]) => first === 'events/recording-failed.json',
  );
});

test('a store that is away when a recording begins is waited for', async (t) => {
  const { publish, participant, objects } = await openRecordedShow(t);
  objects.mood = 'away';
  await publish('host');
  assert.equal((await participant('host')).recordingState, 'ACTIVE');
});

test('a recording whose uploads are given up ends with a failure, at once and only once', async (t) => {
  const show = await openRecordedShow(t, withWindow);
  const { publish, unpublish, untilState, told, uploaded, recordingMedia, live, stage } = show;
  await publish('host');
  await recordingMedia.holds(playlists, { durationMs: 240_000 });
  const folder = await show.folder();
  await folder.settled();
  folder.emit('failed', new ObjectStoreFailure('AccessDeniedException', { refused: true }));
  const { recordingS3Prefix } = await untilState('host', 'FAILED');
  assert.deepEqual(live.publishers(stage), ['host']);
  await unpublish('host');
  assert.deepEqual(
    told().map(({ name, detail }) => [name, detail.error_code, detail.recording_duration_ms]),
    [
      ['Recording Start', undefined, undefined],
      ['Recording End Failure', 'AccessDeniedException', 240_000],
    ],
  );
  assert.deepEqual(uploaded(recordingS3Prefix), ['events/recording-started.json', 'events/recording-failed.json']);
  await publish('host');
  assert.notEqual((await show.participant('host')).recordingS3Prefix, recordingS3Prefix);
});

test('that a recording failed is written down before its recorder has stopped', async (t) => {
  const { publish, untilState, store, recordingMedia } = await openRecordedShow(t);
  await publish('host');
  const { promise, resolve } = Promise.withResolvers<void>();
  recordingMedia.job.end = () => promise;
  recordingMedia.job.emit('failed', Object.assign(new Error('the disk is full'), { code: 'DISK_FULL' }));
  await until(
    () => listRecordings(store.db),
    ([recording]) => recording?.failure?.errorCode === 'InternalServerException',
  );
  resolve();
  await untilState('host', 'FAILED');
});

test('a recording that finds the disk or the spool full ends with what there is', async (t) => {
  for (const full of ['disk', 'spool'] as const) {
    const show = await openRecordedShow(t);
    const { publish, untilState, told, uploaded, recordingMedia } = show;
    await publish('host');
    await recordingMedia.holds(playlists, { durationMs: 6_000 });
    if (full === 'disk') {
      recordingMedia.job.emit('failed', Object.assign(new Error('the disk is full'), { code: 'DISK_FULL' }));
    } else {
      const tooMuch = Buffer.alloc(100_001);
      await recordingMedia.job.write('media/hls/high/0.mp4', { final: true }, tooMuch);
    }
    const { recordingS3Prefix } = await untilState('host', 'FAILED');
    assert.deepEqual(
      told().map(({ name, detail }) => [name, detail.error_code, detail.recording_duration_ms]),
      [
        ['Recording Start', undefined, undefined],
        ['Recording End Failure', 'InternalServerException', 6_000],
      ],
    );
    await until(
      () => show.recordings.states,
      ({ length }) => length === 0,
    );
    assert.deepEqual(uploaded(recordingS3Prefix), [
      'events/recording-started.json',
      ...playlists,
      'events/recording-failed.json',
    ]);
  }
});

test('a recording that found the spool full names nothing that was lost, and its last words are kept for it', async (t) => {
  const show = await openRecordedShow(t);
  const { publish, untilState, uploaded, recordingMedia } = show;
  await publish('host');
  const { job } = recordingMedia;
  await job.write('media/hls/high/0.mp4', { final: true });
  await recordingMedia.holds(playlists, { durationMs: 6_000 });
  job.end = async () => {
    // More than may be said at the end.
    await job.write('media/hls/high/2.mp4', { final: true }, Buffer.alloc(2_000_000));
    await job.write('media/hls/high/playlist.m3u8', { final: false }, 'names 0, 1 and 2');
  };
  await job.write('media/hls/high/1.mp4', { final: true }, Buffer.alloc(100_001));
  const { recordingS3Prefix } = await untilState('host', 'FAILED');
  await until(
    () => show.recordings.states,
    ({ length }) => length === 0,
  );
  assert.deepEqual(recordingMedia.lost, ['media/hls/high/1.mp4', 'media/hls/high/2.mp4']);
  assert.deepEqual(uploaded(recordingS3Prefix), [
    'events/recording-started.json',
    'media/hls/high/0.mp4',
    ...playlists,
    'events/recording-failed.json',
  ]);
});

test('what waits for its upload survives a disk that takes no further file', async (t) => {
  const show = await openRecordedShow(t);
  const { publish, unpublish, untilState, uploaded, recordingMedia, objects } = show;
  await publish('host');
  await (await show.folder()).settled();
  const { promise, resolve } = Promise.withResolvers<void>();
  objects.gate = promise;
  const files = ['media/hls/high/0.mp4', 'media/hls/high/1.mp4'];
  for (const file of files) await recordingMedia.job.write(file, { final: true });
  const events = join((await show.folder()).path, 'events');
  await rm(events, { recursive: true });
  await writeFile(events, 'nothing can be written below it');
  await unpublish('host');
  await until(
    () => objects.attempts.at(-1) ?? '',
    (key) => key.endsWith('recording-failed.json'),
  );
  resolve();
  const { recordingS3Prefix } = await untilState('host', 'FAILED');
  await until(
    () => show.recordings.states,
    ({ length }) => length === 0,
  );
  assert.deepEqual(uploaded(recordingS3Prefix).sort(), [
    'events/recording-failed.json',
    'events/recording-started.json',
    ...files,
  ]);
});

test('a storage configuration stays for as long as something is recorded there', async (t) => {
  const show = await openRecordedShow(t, withWindow);
  const { call, publish, unpublish, untilState, storageArn, stageArn, clock } = show;
  await publish('host');
  await unpublish('host');
  const off = { autoParticipantRecordingConfiguration: { storageConfigurationArn: '' } };
  await call('UpdateStage', { arn: stageArn, ...off });
  await assert.rejects(call('DeleteStorageConfiguration', { arn: storageArn }), { name: 'ConflictException' });
  clock.advance(60_000);
  await untilState('host', 'STOPPED');
  await call('DeleteStorageConfiguration', { arn: storageArn });
});

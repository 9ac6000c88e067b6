import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../until.fixture.ts';
import { openRecordedShow } from './recorded-show.fixture.ts';
import { listRecordings, updateRecording } from './recording-table.ts';

const withWindow = { recordingReconnectWindowSeconds: 60 };

test('a server that was killed closes what it recorded without a window', async (t) => {
  const { publish, restart, untilState, told, uploaded, recordingMedia } = await openRecordedShow(t);
  await publish('host');
  await recordingMedia.holds([], { durationMs: 6_000 });
  await restart();
  const { recordingS3Prefix } = await untilState('host', 'STOPPED');
  assert.deepEqual(
    told().map(({ name }) => name),
    ['Recording Start', 'Recording End'],
  );
  assert.deepEqual(uploaded(recordingS3Prefix), ['events/recording-started.json', 'events/recording-ended.json']);
});

test('what a killed server recorded has ended with what it wrote last', async (t) => {
  const show = await openRecordedShow(t);
  const { publish, restart, untilState, clock, recordingMedia } = show;
  await publish('host');
  await recordingMedia.holds(['media/hls/high/playlist.m3u8'], { durationMs: 600_000 });
  const written = new Date('2026-11-21T20:10:00Z');
  await utimes(join((await show.folder()).path, 'media/hls/high/playlist.m3u8'), written, written);
  clock.advance(3_600_000);
  await restart();
  const { recordingS3Prefix } = await untilState('host', 'STOPPED');
  const ended = await show.read(recordingS3Prefix, 'events/recording-ended.json');
  assert.equal(ended.recording_ended_at, '2026-11-21T20:10:00Z');
});

test('a server that was killed waits for whom it recorded with a window', async (t) => {
  const show = await openRecordedShow(t, withWindow);
  const { publish, restart, participant, untilState, told, clock, live, stage, recordingMedia } = show;
  await publish('host');
  const before = await participant('host');
  await show.recordings.close(); // what a killed server leaves in the store is the same
  const next = await restart();
  clock.advance(59_999);
  live.unpublish(stage, 'host');
  await publish('host');
  await next.settled();
  assert.deepEqual(await participant('host'), before);
  assert.equal(recordingMedia.jobs.length, 2);
  live.unpublish(stage, 'host');
  await next.settled();
  clock.advance(60_000);
  await untilState('host', 'STOPPED');
  assert.equal(told().length, 2);
});

test('a window goes on over a restart, and is over when it is', async (t) => {
  const { publish, unpublish, restart, participant, untilState, told, clock, recordings } = await openRecordedShow(
    t,
    withWindow,
  );
  await publish('host');
  await publish('guest');
  await unpublish('host');
  clock.advance(30_000);
  await unpublish('guest');
  await recordings.close();
  clock.advance(29_999);
  await restart();
  assert.equal((await participant('host')).recordingState, 'ACTIVE');
  clock.advance(1);
  await untilState('host', 'STOPPED');
  assert.equal((await participant('guest')).recordingState, 'ACTIVE');
  clock.advance(30_000);
  await untilState('guest', 'STOPPED');
  assert.equal(told().length, 4);
});

test('a window that ran out while no server ran ends with the start of the next one', async (t) => {
  const { publish, unpublish, restart, untilState, clock, recordings } = await openRecordedShow(t, withWindow);
  await publish('host');
  await unpublish('host');
  await recordings.close();
  clock.advance(600_000);
  await restart();
  await untilState('host', 'STOPPED');
});

test('uploads that a server did not see through are taken up by the next one', async (t) => {
  const show = await openRecordedShow(t);
  const { publish, unpublish, restart, untilState, told, clock, store, recordings, objects, folder } = show;
  await publish('host');
  await (await folder()).settled();
  const { promise, resolve } = Promise.withResolvers<void>();
  objects.gate = promise;
  await unpublish('host');
  await until(
    () => objects.underWay,
    (puts) => puts > 0,
  );
  const closing = recordings.close();
  clock.advance(10_000);
  await closing;
  assert.equal(told().length, 1);

  resolve();
  await restart();
  await untilState('host', 'STOPPED');
  await until(
    () => listRecordings(store.db),
    ({ length }) => length === 0,
  );
  assert.equal(told().length, 2);
});

test('closing ends what can be ended, and answers twice', async (t) => {
  const { publish, unpublish, participant, recordings, store } = await openRecordedShow(t);
  await publish('host');
  await unpublish('host');
  await Promise.all([recordings.close(), recordings.close()]);
  assert.equal((await participant('host')).recordingState, 'STOPPED');
  assert.deepEqual(await listRecordings(store.db), []);
});

test('a recording that was beginning when the server was killed is told of, and ended', async (t) => {
  const { publish, restart, untilState, told, store, participant } = await openRecordedShow(t);
  await publish('host');
  const [recording] = await listRecordings(store.db);
  assert.ok(recording);
  await store.write((trx) => updateRecording(trx, { ...recording, state: 'STARTING' }));
  const before = told().length;
  await restart();
  await untilState('host', 'STOPPED');
  assert.deepEqual(
    told()
      .slice(before)
      .map(({ name }) => name),
    ['Recording Start', 'Recording End'],
  );
  assert.equal((await participant('host')).recordingS3Prefix, recording.prefix);
});

test('what a recording that has ended left on disk is removed, and its end is not told twice', async (t) => {
  for (const state of ['STOPPED', 'FAILED'] as const) {
    const { publish, restart, told, store, spool } = await openRecordedShow(t);
    await publish('host');
    const [recording] = await listRecordings(store.db);
    assert.ok(recording);
    await store.write((trx) => updateRecording(trx, { ...recording, state }));
    const next = await restart();
    await until(
      () => next.states,
      ({ length }) => length === 0,
    );
    assert.deepEqual(spool.recordingIds, []);
    assert.deepEqual(await listRecordings(store.db), []);
    assert.equal(told().length, 1);
  }
});

test('a recording that was failing when the server was killed fails, for the same reason', async (t) => {
  const { publish, restart, untilState, told, store, recordings } = await openRecordedShow(t);
  await publish('host');
  await recordings.close();
  const [recording] = await listRecordings(store.db);
  assert.ok(recording);
  const failure = { errorCode: 'AccessDeniedException', reason: 'Access denied' } as const;
  await store.write((trx) => updateRecording(trx, { ...recording, state: 'STOPPING', failure }));
  await restart();
  await untilState('host', 'FAILED');
  const { name, detail } = told().at(-1) ?? {};
  assert.deepEqual([name, detail?.error_code, detail?.reason], ['Recording End Failure', ...Object.values(failure)]);
});

test('a store that is away is waited for, over restarts too, and gets everything when it is back', async (t) => {
  const show = await openRecordedShow(t);
  const { publish, unpublish, restart, participant, uploaded, clock, objects, recordings } = show;
  objects.mood = 'away';
  await publish('host');
  await show.recordingMedia.job.write('media/hls/high/0.mp4', { final: true });
  await unpublish('host');
  const { path } = await show.folder();
  await until(
    () => existsSync(join(path, 'events/recording-ended.json')),
    (isThere) => isThere,
  );
  const closing = recordings.close();
  clock.advance(30_000);
  await closing;
  await restart();
  clock.advance(600_000);
  const { recordingState, recordingS3Prefix } = await participant('host');
  assert.equal(recordingState, 'STOPPING');
  assert.deepEqual(uploaded(recordingS3Prefix), []);
  objects.mood = 'well';
  await until(
    () => {
      clock.advance(30_000);
      return participant('host');
    },
    (present) => present.recordingState === 'STOPPED',
  );
  assert.deepEqual(uploaded(recordingS3Prefix), [
    'events/recording-started.json',
    'media/hls/high/0.mp4',
    'events/recording-ended.json',
  ]);
});

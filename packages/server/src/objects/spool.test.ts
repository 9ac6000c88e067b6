import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { HandClock } from '../hand-clock.fixture.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import { until } from '../until.fixture.ts';
import { account, keysIn, openLocalFolder, testFolder, textOf } from './local-folder.fixture.ts';
import type { LocalFolder } from './local-folder.ts';
import { MoodyStore } from './moody-store.fixture.ts';
import { Spool } from './spool.ts';
import type { SpooledFolder } from './spooled-folder.ts';

const bucket = 'show-archive';
const place = { account, bucket, prefix: 'stage/session/host' };
const minuteMs = 60_000;

type Parts = { spool: Spool; store: MoodyStore; objects: LocalFolder; clock: HandClock; reopen(): Promise<Spool> };

async function openSpool(t: TestContext, maximumBytes = 1_000_000): Promise<Parts> {
  const { store: objects } = await openLocalFolder(t);
  const folder = await testFolder(t);
  const store = new MoodyStore(objects);
  const clock = new HandClock('2026-11-21T20:00:00Z');
  const open = async () => {
    const spool = await Spool.open({ folder, maximumBytes, store, clock, logger: silentLogger });
    t.after(() => spool.close());
    return spool;
  };
  return { spool: await open(), store, objects, clock, reopen: open };
}

/** Written as a recorder does: by another name first. */
async function write(folder: SpooledFolder, file: string, text: string): Promise<void> {
  const path = join(folder.path, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

async function add(folder: SpooledFolder, file: string, text: string, keep = false): Promise<void> {
  await write(folder, file, text);
  folder.add(file, { keep });
}

/** Lets the pause before the next attempt pass. */
async function passPause(clock: HandClock, delayMs: number): Promise<void> {
  await until(
    () => clock.alarms,
    (count) => count === 1,
  );
  clock.advance(delayMs);
}

const textAt = (objects: LocalFolder, file: string) => textOf(objects, { bucket, key: `${place.prefix}/${file}` });

test('files are uploaded in their order, and those that nobody needs any more leave the spool', async (t) => {
  const { spool, store, objects } = await openSpool(t);
  const folder = await spool.folder('recording-1', place);
  await add(folder, 'media/hls/high/init-0.mp4', 'init', true);
  await add(folder, 'media/hls/high/0.mp4', 'zero');
  await add(folder, 'media/hls/high/playlist.m3u8', '0.mp4', true);
  await folder.settled();
  const keys = ['init-0.mp4', '0.mp4', 'playlist.m3u8'].map((name) => `${place.prefix}/media/hls/high/${name}`);
  assert.deepEqual(store.puts, keys);
  assert.equal(await textAt(objects, 'media/hls/high/0.mp4'), 'zero');
  assert.deepEqual(await readdir(join(folder.path, 'media/hls/high')), ['init-0.mp4', 'playlist.m3u8']);
  assert.equal(spool.bytes, 'init'.length + '0.mp4'.length);
  await folder.remove();
  assert.equal(spool.bytes, 0);
  assert.deepEqual(spool.recordingIds, []);
  assert.deepEqual(await readdir(dirname(dirname(folder.path))), []);
});

test('what waits is uploaded as it was when it was added, and once', async (t) => {
  const { spool, store, objects } = await openSpool(t);
  const gate = Promise.withResolvers<void>();
  store.gate = gate.promise;
  const folder = await spool.folder('recording-1', place);
  await add(folder, '0.mp4', 'zero');
  await add(folder, 'playlist.m3u8', 'names 0', true);
  await add(folder, '1.mp4', 'one');
  await add(folder, 'playlist.m3u8', 'names 0 and 1', true);
  await write(folder, 'playlist.m3u8', 'names 2, which was not added yet');
  gate.resolve();
  await folder.settled();
  assert.deepEqual(
    store.puts,
    ['0.mp4', '1.mp4', 'playlist.m3u8'].map((name) => `${place.prefix}/${name}`),
  );
  assert.equal(await textAt(objects, 'playlist.m3u8'), 'names 0 and 1');
});

test('a file that is added again while it is uploaded is uploaded again', async (t) => {
  const { spool, store, objects } = await openSpool(t);
  const gate = Promise.withResolvers<void>();
  store.gate = gate.promise;
  const folder = await spool.folder('recording-1', place);
  await add(folder, 'thumb.jpg', 'first');
  await until(
    () => store.underWay,
    (count) => count === 1,
  );
  await add(folder, 'thumb.jpg', 'second');
  gate.resolve();
  await folder.settled();
  assert.equal(store.puts.length, 2);
  assert.equal(await textAt(objects, 'thumb.jpg'), 'second');
  assert.equal(spool.bytes, 0);
  assert.deepEqual(await readdir(folder.path), []);
});

test('a file that is added again when it has been uploaded and is gone is left alone', async (t) => {
  const { spool, store } = await openSpool(t);
  const folder = await spool.folder('recording-1', place);
  await add(folder, '0.mp4', 'zero');
  await folder.settled();
  folder.add('0.mp4', { keep: false });
  await folder.settled();
  assert.equal(store.puts.length, 1);
});

test('while the store is away files wait, ever longer between attempts, and nothing is lost', async (t) => {
  const { spool, store, objects, clock } = await openSpool(t);
  store.mood = 'away';
  const folder = await spool.folder('recording-1', place);
  for (let number = 0; number < 5; number += 1) await add(folder, `${number}.mp4`, `of ${number}`);
  for (const delayMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) await passPause(clock, delayMs);
  await until(
    () => clock.alarms,
    (count) => count === 1,
  );
  assert.equal(store.attempts.length, 8);
  assert.deepEqual(store.puts, []);
  store.mood = 'well';
  clock.advance(30_000);
  await folder.settled();
  assert.deepEqual(
    await keysIn(objects, bucket),
    [0, 1, 2, 3, 4].map((number) => `${place.prefix}/${number}.mp4`),
  );
});

test('a folder tells when its files begin to wait, and when they go on', async (t) => {
  const { spool, store, clock } = await openSpool(t);
  const folder = await spool.folder('recording-1', place);
  const told: string[] = [];
  for (const event of ['stalled', 'resumed'] as const) folder.on(event, () => told.push(event));
  store.mood = 'away';
  await add(folder, '0.mp4', 'media');
  await until(
    () => store.attempts.length,
    (count) => count === 1,
  );
  store.mood = 'well';
  await passPause(clock, 1_000);
  await folder.settled();
  assert.deepEqual(told, [], 'one mishap is none');

  store.mood = 'away';
  await add(folder, '1.mp4', 'media');
  await passPause(clock, 1_000);
  await passPause(clock, 2_000);
  await until(
    () => store.attempts.length,
    (count) => count === 5,
  );
  assert.deepEqual(told, ['stalled']);
  store.mood = 'well';
  await passPause(clock, 4_000);
  await folder.settled();
  assert.deepEqual(told, ['stalled', 'resumed']);
});

test('hours without the store fail no recording', async (t) => {
  const { spool, store, clock } = await openSpool(t);
  store.mood = 'away';
  const folder = await spool.folder('recording-1', place);
  folder.on('failed', (failure) => assert.fail(failure));
  await add(folder, '0.mp4', 'zero');
  for (let attempt = 0; attempt < 8; attempt += 1) await passPause(clock, 60 * minuteMs);
  await until(
    () => clock.alarms,
    (count) => count === 1,
  );
  store.mood = 'well';
  clock.advance(minuteMs);
  await folder.settled();
});

test('the first upload that succeeds has all who wait try again at once', async (t) => {
  const { spool, store, clock } = await openSpool(t);
  store.mood = 'away';
  const early = await spool.folder('early', { ...place, prefix: 'early' });
  await add(early, '0.mp4', 'zero');
  for (const delayMs of [1_000, 2_000, 4_000, 8_000, 16_000]) await passPause(clock, delayMs);
  await until(
    () => clock.alarms,
    (count) => count === 1,
  );
  store.mood = 'well';
  const late = await spool.folder('late', { ...place, prefix: 'late' });
  await add(late, '0.mp4', 'zero');
  await Promise.all([late.settled(), early.settled()]);
  assert.equal(clock.alarms, 0);
});

test('uploads to other buckets do not hurry one that is closed', async (t) => {
  const { spool, store, clock } = await openSpool(t);
  store.mood = 'denies';
  const closed = await spool.folder('closed', { ...place, prefix: 'closed' });
  await add(closed, '0.mp4', 'zero');
  await until(
    () => clock.alarms,
    (count) => count === 1,
  );
  store.mood = 'well';
  const open = await spool.folder('open', { ...place, prefix: 'open' });
  await add(open, '0.mp4', 'zero');
  await open.settled();
  assert.equal(clock.alarms, 1);
  clock.advance(1_000);
  await closed.settled();
  assert.deepEqual(store.attempts, ['closed/0.mp4', 'open/0.mp4', 'closed/0.mp4']);
});

test('a store that says no is asked for some minutes, then the folder fails with what it said', async (t) => {
  const { spool, store, clock } = await openSpool(t);
  store.mood = 'denies';
  const folder = await spool.folder('recording-1', place);
  await add(folder, '0.mp4', 'zero');
  const failed = once(folder, 'failed');
  const settled = folder.settled();
  const refusal = {
    name: 'ObjectStoreFailure',
    code: 'AccessDeniedException',
    message: 'Access denied to S3 bucket. Please verify your bucket policy.',
  };
  const rejected = assert.rejects(settled, refusal);
  for (let attempt = 0; attempt < 3; attempt += 1) await passPause(clock, minuteMs);
  const [failure] = await failed;
  assert.equal(failure.code, 'AccessDeniedException');
  await rejected;
  await assert.rejects(folder.settled(), refusal);
  await add(folder, '1.mp4', 'one');
  assert.equal(store.attempts.length, 4);
  await folder.remove();
  assert.equal(spool.bytes, 0);
});

test('a store that says no for less than that fails nothing', async (t) => {
  const { spool, store, clock } = await openSpool(t);
  store.mood = 'denies';
  const folder = await spool.folder('recording-1', place);
  folder.on('failed', (failure) => assert.fail(failure));
  await add(folder, '0.mp4', 'zero');
  await passPause(clock, minuteMs);
  await passPause(clock, minuteMs);
  await until(
    () => clock.alarms,
    (count) => count === 1,
  );
  store.mood = 'well';
  clock.advance(30_000);
  await folder.settled();
});

test('the folder that finds the spool full fails, what it had is uploaded, and others go on as room is made', async (t) => {
  const { spool, store, objects, clock } = await openSpool(t, 1_000);
  store.mood = 'away';
  const greedy = await spool.folder('greedy', { ...place, prefix: 'greedy' });
  const other = await spool.folder('other', { ...place, prefix: 'other' });
  await add(other, '0.mp4', 'o'.repeat(100));
  await add(greedy, '0.mp4', 'g'.repeat(800));
  const failed = once(greedy, 'failed');
  await add(greedy, '1.mp4', 'g'.repeat(101));
  const [failure] = await failed;
  assert.deepEqual([failure.code, failure.refused], ['InternalServerException', false]);
  assert.deepEqual(await readdir(greedy.path), ['0.mp4']);
  assert.equal(spool.bytes, 900);
  await add(greedy, 'events/recording-failed.json', 'j'.repeat(200));

  await until(
    () => clock.alarms,
    (count) => count === 2,
  );
  store.mood = 'well';
  clock.advance(30_000);
  await Promise.all([greedy.settled(), other.settled()]);
  await add(other, '1.mp4', 'o'.repeat(900));
  await other.settled();
  const keys = ['greedy/0.mp4', 'greedy/events/recording-failed.json', 'other/0.mp4', 'other/1.mp4'];
  assert.deepEqual(await keysIn(objects, bucket), keys);
  assert.equal(spool.bytes, 0);
});

test('a folder that has failed takes no more than its last words', async (t) => {
  const { spool, store, clock } = await openSpool(t, 100);
  store.mood = 'away';
  const folder = await spool.folder('recording-1', place);
  const failed = once(folder, 'failed');
  await add(folder, '0.mp4', 'x'.repeat(101));
  await failed;
  await add(folder, '1.mp4', 'x'.repeat(2_000_000));
  await add(folder, 'playlist.m3u8', 'p', true);
  await until(
    () => clock.alarms,
    (count) => count === 1,
  );
  assert.equal(spool.bytes, 1);
  assert.deepEqual(await readdir(folder.path), ['playlist.m3u8']);
});

test('what was not uploaded is uploaded by the next server, in the same order', async (t) => {
  const { spool, store, objects, clock, reopen } = await openSpool(t);
  store.mood = 'away';
  const folder = await spool.folder('recording-1', place);
  await add(folder, 'init-0.mp4', 'init', true);
  for (let number = 0; number < 12; number += 1) await add(folder, `${number}.mp4`, `of ${number}`);
  await add(folder, 'playlist.m3u8', 'first', true);
  await add(folder, '12.mp4', 'of 12');
  await add(folder, 'playlist.m3u8', 'second', true);
  const { bytes } = spool;
  await until(
    () => clock.alarms,
    (count) => count === 1,
  );
  await spool.close();
  assert.equal(clock.alarms, 0);
  assert.deepEqual(store.puts, []);

  store.mood = 'well';
  const next = await reopen();
  assert.deepEqual(next.recordingIds, ['recording-1']);
  assert.equal(next.bytes, bytes);
  const again = await next.folder('recording-1', place);
  assert.equal(again.path, folder.path);
  await add(again, '13.mp4', 'of 13');
  await again.settled();
  const segments = Array.from({ length: 13 }, (_, number) => `${number}.mp4`);
  const names = ['init-0.mp4', ...segments, 'playlist.m3u8', '13.mp4'];
  assert.deepEqual(
    store.puts,
    names.map((name) => `${place.prefix}/${name}`),
  );
  assert.equal(await textAt(objects, 'playlist.m3u8'), 'second');
  assert.deepEqual((await readdir(again.path)).sort(), ['init-0.mp4', 'playlist.m3u8']);
});

test('what was written and not added when a server was killed needs no more room when it is added', async (t) => {
  const { spool, store, reopen } = await openSpool(t, 100);
  const folder = await spool.folder('recording-1', place);
  await write(folder, '0.mp4', 'x'.repeat(60));
  await spool.close();
  const next = await reopen();
  assert.equal(next.bytes, 60);
  const again = await next.folder('recording-1', place);
  assert.ok(again.add('0.mp4', { keep: false }));
  assert.equal(next.bytes, 60);
  await again.settled();
  assert.deepEqual(store.puts, [`${place.prefix}/0.mp4`]);
  assert.equal(next.bytes, 0);
});

test('a folder without a word of where it goes is removed at the next start', async (t) => {
  const { spool, reopen } = await openSpool(t);
  const folder = await spool.folder('recording-1', place);
  await spool.close();
  const half = join(dirname(dirname(folder.path)), 'recording-2');
  await mkdir(join(half, 'files'), { recursive: true });
  const next = await reopen();
  assert.deepEqual(next.recordingIds, ['recording-1']);
  assert.deepEqual(await readdir(dirname(half)), ['recording-1']);
});

test('many folders upload at the same time, but not all at once', async (t) => {
  const { spool, store } = await openSpool(t);
  const gate = Promise.withResolvers<void>();
  store.gate = gate.promise;
  const names = Array.from({ length: 20 }, (_, number) => `recording-${number}`);
  const folders = await Promise.all(names.map((name) => spool.folder(name, { ...place, prefix: name })));
  for (const folder of folders) for (const file of ['0.mp4', '1.mp4']) await add(folder, file, file);
  assert.equal(store.underWay, 8);
  gate.resolve();
  await Promise.all(folders.map((folder) => folder.settled()));
  assert.equal(store.mostUnderWay, 8);
  assert.equal(store.puts.length, 40);
});

test('a folder is taken up again only for the same place, and has a name of its own', async (t) => {
  const { spool } = await openSpool(t);
  const folder = await spool.folder('recording-1', place);
  assert.equal(await spool.folder('recording-1', { ...place }), folder);
  for (const other of [{ bucket: 'other' }, { prefix: 'other' }, { account: '210987654321' }]) {
    await assert.rejects(spool.folder('recording-1', { ...place, ...other }), /another place/);
  }
  for (const id of ['', '..', 'a/b', 'x'.repeat(129)]) await assert.rejects(spool.folder(id, place), /No recording/);
  for (const file of ['../a', '/a', 'a//b', 'a/..', ''])
    assert.throws(() => folder.add(file, { keep: true }), /not in/);
});

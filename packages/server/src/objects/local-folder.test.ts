import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import fc from 'fast-check';
import { account, keysIn, openLocalFolder, testFolder, textOf } from './local-folder.fixture.ts';
import { LocalFolder } from './local-folder.ts';
import { isKey } from './local-path.ts';

const bucket = 'show-archive';

test('an object is what was put last, and a bucket comes into being with it', async (t) => {
  const { store, folder } = await openLocalFolder(t);
  assert.equal(await store.hasBucket({ account, bucket }), false);
  const key = 'stage/media/0.mp4';
  await store.put({ account, bucket, key }, { data: 'first' });
  const before = await store.find({ account, bucket, key });
  await store.put({ account, bucket, key }, { data: Buffer.from('second') });
  const after = await store.find({ account, bucket, key });
  assert.equal(await textOf(store, { bucket, key }), 'second');
  assert.equal(await readFile(join(folder, account, bucket, key), 'utf8'), 'second');
  assert.deepEqual([before?.bytes, after?.bytes], [5, 6]);
  assert.notEqual(before?.etag, after?.etag);
  assert.match(after?.etag ?? '', /^"[0-9a-f]{33,}-1"$/);
  assert.equal(await store.hasBucket({ account, bucket }), true);
});

test('a bucket that is asked for is there, and listed with the others of its account by name', async (t) => {
  const { store } = await openLocalFolder(t);
  assert.deepEqual(await store.buckets(account), []);
  for (const name of ['second', 'first']) await store.check({ account, bucket: name });
  const buckets = await store.buckets(account);
  assert.deepEqual(
    buckets.map((each) => each.bucket),
    ['first', 'second'],
  );
  for (const { madeAt } of buckets) assert.ok(Math.abs(madeAt.getTime() - Date.now()) < 60_000);
});

test('accounts have buckets of the same name that know nothing of each other', async (t) => {
  const { store } = await openLocalFolder(t);
  const other = '210987654321';
  await store.put({ account, bucket, key: 'a.json' }, { data: '{}' });
  assert.equal(await store.find({ account: other, bucket, key: 'a.json' }), undefined);
  assert.equal(await store.hasBucket({ account: other, bucket }), false);
  assert.deepEqual(await store.buckets(other), []);
});

test('a file that is put may be replaced and removed without a change of the object', async (t) => {
  const { store } = await openLocalFolder(t);
  const files = await testFolder(t);
  const file = join(files, 'playlist.m3u8');
  await writeFile(file, 'first');
  await store.put({ account, bucket, key: 'playlist.m3u8' }, { file });
  await store.put({ account, bucket, key: 'playlist.m3u8' }, { file });
  await writeFile(`${file}.new`, 'second');
  await rename(`${file}.new`, file);
  assert.equal(await textOf(store, { bucket, key: 'playlist.m3u8' }), 'first');
});

test('nothing is left of a put that fails, and what was there stays', async (t) => {
  const { store, folder } = await openLocalFolder(t);
  await store.put({ account, bucket, key: 'a.json' }, { data: 'old' });
  const failure = { name: 'ObjectStoreFailure', code: 'InternalServerException', message: 'Service internal error' };
  const missing = { file: join(folder, 'nowhere') };
  await assert.rejects(store.put({ account, bucket, key: 'a.json' }, missing), { ...failure, refused: false });
  await assert.rejects(store.put({ account, bucket, key: '' }, { data: '' }), { ...failure, refused: true });
  await assert.rejects(store.put({ account, bucket, key: 'x'.repeat(1_025) }, { data: '' }), {
    ...failure,
    refused: true,
  });
  assert.equal(await textOf(store, { bucket, key: 'a.json' }), 'old');
  assert.deepEqual(await readdir(join(folder, 'arriving')), []);
});

test('what a killed server did not finish is removed at the next start, and is no object meanwhile', async (t) => {
  const { store, folder } = await openLocalFolder(t);
  await store.check({ account, bucket });
  await writeFile(join(folder, 'arriving', 'half'), 'half');
  assert.deepEqual(await keysIn(store, bucket), []);
  await LocalFolder.open(folder);
  assert.deepEqual(await readdir(join(folder, 'arriving')), []);
});

test('somebody who reads an object that is replaced goes on with what he has', async (t) => {
  const { store } = await openLocalFolder(t);
  const name = { account, bucket, key: 'a.json' };
  await store.put(name, { data: 'old' });
  const object = await store.read(name);
  await store.put(name, { data: 'new, and longer' });
  assert.equal(await object?.handle.readFile('utf8'), 'old');
  await object?.handle.close();
});

test('files of people are objects, links and what nobody would write here are not', async (t) => {
  const { store, folder } = await openLocalFolder(t);
  await store.check({ account, bucket });
  const inBucket = join(folder, account, bucket);
  await mkdir(join(inBucket, 'holiday'));
  await writeFile(join(inBucket, 'holiday', 'my film.mp4'), 'film');
  await writeFile(join(inBucket, 'README'), 'no object: it would be called README%');
  await symlink('/etc/hostname', join(inBucket, 'hostname.json'));
  assert.deepEqual(await keysIn(store, bucket), ['holiday/my film.mp4']);
  for (const key of ['hostname.json', 'README', 'holiday', 'holiday/']) {
    assert.equal(await store.find({ account, bucket, key }), undefined, key);
  }
});

test('any keys can be put, listed in the order of their bytes, read and removed', async (t) => {
  const { store, folder } = await openLocalFolder(t);
  let round = 0;
  const parts = fc.constantFrom(
    '/',
    'a',
    'b.',
    '.',
    '..',
    '%',
    '!',
    'é',
    '\u{1F600}',
    '\uFFFD',
    '\u0001',
    'x'.repeat(230),
  );
  const keys = fc.uniqueArray(
    fc
      .array(parts, { minLength: 1, maxLength: 5 })
      .map((each) => each.join(''))
      .filter(isKey),
    { minLength: 1, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(keys, async (keys) => {
      round += 1;
      const name = `round-${round}`;
      for (const key of keys) await store.put({ account, bucket: name, key }, { data: `of ${key}` });
      const ordered = keys.toSorted((one, two) => Buffer.compare(Buffer.from(one), Buffer.from(two)));
      assert.deepEqual(await keysIn(store, name), ordered);
      const prefix = ordered[0]?.slice(0, 2).toWellFormed() ?? '';
      assert.deepEqual(
        await keysIn(store, name, prefix),
        ordered.filter((key) => key.startsWith(prefix)),
      );
      for (const key of keys) assert.equal(await textOf(store, { bucket: name, key }), `of ${key}`);
      for (const key of keys) await store.delete({ account, bucket: name, key });
      assert.deepEqual(await readdir(join(folder, account, name)), []);
    }),
    { numRuns: 40 },
  );
});

test('a key of 1,024 bytes of the most awkward kinds can be kept', async (t) => {
  const { store } = await openLocalFolder(t);
  for (const key of ['%'.repeat(1_024), 'x'.repeat(1_024), `${'/'.repeat(64)}${'é'.repeat(480)}`]) {
    await store.put({ account, bucket, key }, { data: 'here' });
    assert.equal(await textOf(store, { bucket, key }), 'here');
    await store.delete({ account, bucket, key });
  }
});

test('an object is got with its size, as it was when somebody began to read', async (t) => {
  const { store } = await openLocalFolder(t);
  const name = { account, bucket: 'channels', key: 'abc/playlist.m3u8' };
  await store.put(name, { data: 'first' });
  const object = await store.get(name);
  await store.put(name, { data: 'second' });
  assert.equal(object?.bytes, 5);
  assert.equal(await text(object.content), 'first');
  await store.delete(name);
  assert.equal(await store.get(name), undefined);
});

test('removing what is not there changes nothing', async (t) => {
  const { store } = await openLocalFolder(t);
  await store.put({ account, bucket, key: 'a/b.json' }, { data: '{}' });
  for (const key of ['a/c.json', 'a', 'a/b.json/c', '']) await store.delete({ account, bucket, key });
  assert.deepEqual(await keysIn(store, bucket), ['a/b.json']);
});

test('puts and removals in one folder at the same time lose nothing that was put last', async (t) => {
  const { store } = await openLocalFolder(t);
  for (let round = 0; round < 20; round += 1) {
    const other = { account, bucket, key: `stage/${round}/a.json` };
    await store.put(other, { data: 'a' });
    await Promise.all([
      store.delete(other),
      store.put({ account, bucket, key: `stage/${round}/b.json` }, { data: 'b' }),
    ]);
  }
  assert.equal((await keysIn(store, bucket)).length, 20);
});

test('no account and no bucket leads out of the folder', async (t) => {
  const { store } = await openLocalFolder(t);
  for (const name of ['..', '../..', 'a/b', 'Upper', 'ab', '']) {
    await assert.rejects(store.check({ account, bucket: name }), { name: 'ObjectStoreFailure' });
    assert.equal(await store.hasBucket({ account, bucket: name }), false);
  }
  await assert.rejects(store.check({ account: '..', bucket }), { name: 'ObjectStoreFailure' });
});

test('what it makes is for its owner alone', async (t) => {
  const { store, folder } = await openLocalFolder(t);
  await store.put({ account, bucket, key: 'a/b.json' }, { data: '{}' });
  const file = join(folder, account, bucket, 'a/b.json');
  for (const [path, mode] of [
    [file, 0o600],
    [dirname(file), 0o700],
    [join(folder, account), 0o700],
  ] as const) {
    assert.equal((await stat(path)).mode & 0o777, mode, path);
  }
});

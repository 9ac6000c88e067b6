import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { systemClock } from '../clock.ts';
import { takeDataFolder } from '../data-folder.ts';
import { openStore } from '../store/sqlite/open-store.ts';
import { backUp } from './back-up.ts';
import type { BackupFolders, BackupProgress } from './contents.ts';
import { restore } from './restore.ts';

const modified = new Date('2026-11-20T08:00:00Z');
const object = 'objects/123456789012/shows/show/host/0.mp4';
const spooled = 'spool/rec-1/queue/000000000001-1.mp4';
const written: Record<string, string> = {
  credentials: '[default]\n',
  'rtmps/key.pem.txt': 'never seen: a folder that nobody knows',
  'spool/rec-1/place.json': '{"account":"123456789012","bucket":"shows","prefix":"show"}',
  [spooled]: 'waits',
  'spool/rec-1/files/media/1.mp4': 'waits',
  [object]: 'y'.repeat(3_000_000),
  'objects/arriving/9f': 'not there yet',
};
const restored = Object.keys(written).filter((path) => !/^rtmps|arriving/.test(path));

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-backup-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** A data folder on which somebody works. */
async function makeData(t: TestContext) {
  const folder = await makeFolder(t);
  const data = join(folder, 'data');
  const letGo = await takeDataFolder(data);
  const store = await openStore({ file: join(data, 'proscenium.db'), clock: systemClock });
  t.after(async () => {
    await store.close();
    letGo();
  });
  for (const [path, content] of Object.entries(written)) {
    await mkdir(dirname(join(data, path)), { recursive: true });
    await writeFile(join(data, path), content);
    await utimes(join(data, path), modified, modified);
  }
  const keep = (name: string) =>
    store.write((trx) => trx.insertInto('secrets').values({ name, value: 'kept' }).execute());
  await keep('before');
  return { folder, data, keep, folders: { data, objects: join(data, 'objects') } };
}

async function backUpAll(folders: BackupFolders, onProgress?: (progress: BackupProgress) => void) {
  const output = new PassThrough();
  const archive = buffer(output);
  const passingFolder = await mkdtemp(join(dirname(folders.data), 'passing-'));
  const summary = await backUp({
    folders,
    output,
    passingFolder,
    clock: systemClock,
    onProgress: onProgress ?? (() => {}),
  });
  output.end();
  await rmdir(passingFolder);
  return { summary, archive: await archive };
}

async function* whole(archive: Buffer) {
  yield archive;
}

function secretsIn(data: string): unknown[] {
  const database = new DatabaseSync(join(data, 'proscenium.db'), { readOnly: true });
  try {
    return database
      .prepare('select name from secrets')
      .all()
      .map(({ name }) => name);
  } finally {
    database.close();
  }
}

/** All files below a folder, with slashes. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1)).sort();
}

test('a backup has everything of a data folder in use but what belongs to the running server', async (t) => {
  const { folder, folders, keep } = await makeData(t);
  const { summary, archive } = await backUpAll(folders);
  await keep('after');
  const data = join(folder, 'restored');
  const place = { data, objects: join(data, 'objects') };
  const told: number[] = [];
  const result = await restore({ folders: place, input: whole(archive), onProgress: ({ files }) => told.push(files) });
  assert.deepEqual(result, summary);
  assert.equal(told.at(-1), summary.files);
  assert.deepEqual(await filesIn(data), ['lock', 'proscenium.db', ...restored].sort());
  for (const path of restored) {
    assert.equal(await readFile(join(data, path), 'utf8'), written[path]);
    const { mode, mtime } = await stat(join(data, path));
    assert.deepEqual([mode & 0o777, mtime], [0o600, modified]);
  }
  assert.deepEqual(secretsIn(data), ['before']);
  // Nothing is left of what lay beside.
  assert.deepEqual((await readdir(folder)).sort(), ['data', 'restored']);
});

test('objects that lie elsewhere are backed up, and restored to wherever they belong by then', async (t) => {
  const { folder, data } = await makeData(t);
  await rename(join(data, 'objects'), join(folder, 'elsewhere'));
  const { archive } = await backUpAll({ data, objects: join(folder, 'elsewhere') });
  const place = { data: join(folder, 'restored'), objects: join(folder, 'new', 'objects') };
  await restore({ folders: place, input: whole(archive) });
  assert.deepEqual(await filesIn(join(folder, 'new')), [object]);
  assert.ok(!(await readdir(place.data)).includes('objects'));
});

test('objects in another store are no part of a backup', async (t) => {
  const { folder, data } = await makeData(t);
  const { archive, summary } = await backUpAll({ data, objects: undefined });
  assert.equal(summary.objects, false);
  const place = { data: join(folder, 'restored'), objects: undefined };
  await restore({ folders: place, input: whole(archive) });
  assert.ok(!(await filesIn(place.data)).includes(object));
});

test('what is uploaded while the backup is made is in it', async (t) => {
  const { folder, data, folders } = await makeData(t);
  const uploaded = 'objects/123456789012/shows/show/1.mp4';
  let uploading: Promise<void> | undefined;
  const { archive } = await backUpAll(folders, ({ what, part }) => {
    // The database is copied, and the upload ends.
    if (what === 'database' && part === 1) uploading ??= rename(join(data, spooled), join(data, uploaded));
  });
  await uploading;
  const place = { data: join(folder, 'restored'), objects: join(folder, 'restored', 'objects') };
  await restore({ folders: place, input: whole(archive) });
  const found = await filesIn(place.data);
  assert.ok(found.includes(uploaded) || found.includes(spooled), found.join());
});

describe('A backup is not restored', () => {
  test('where something is, or a server runs', async (t) => {
    const { folder, folders } = await makeData(t);
    const { archive } = await backUpAll(folders);
    await assert.rejects(restore({ folders, input: whole(archive) }), /Another server works on the data folder/);
    for (const path of ['credentials', 'objects/123456789012/shows/0.mp4']) {
      const data = join(folder, path.length.toString());
      await mkdir(dirname(join(data, path)), { recursive: true });
      await writeFile(join(data, path), 'mine');
      const place = { data, objects: join(data, 'objects') };
      await assert.rejects(restore({ folders: place, input: whole(archive) }), {
        name: 'BackupError',
        message: `There is something in ${data} already: move it away first`,
      });
      assert.equal(await readFile(join(data, path), 'utf8'), 'mine');
    }
  });

  test('when it is cut off, damaged, or of a newer server, and leaves nothing behind', async (t) => {
    const { folder, data: source, folders } = await makeData(t);
    const { archive } = await backUpAll(folders);
    const damaged = Buffer.from(archive);
    const at = archive.length - 100_000;
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    const database = new DatabaseSync(join(source, 'proscenium.db'));
    database.exec('insert into schema_versions values (1000, 0)');
    database.close();
    const newer = (await backUpAll(folders)).archive;
    const data = join(folder, 'restored');
    const place = { data, objects: join(data, 'objects') };
    for (const [bad, message] of [
      [archive.subarray(0, archive.length / 2), /was cut off/],
      [damaged, /is damaged/],
      [newer, /is of a newer server/],
      [Buffer.from('x'.repeat(2_000)), /is no backup/],
    ] as const) {
      await assert.rejects(restore({ folders: place, input: whole(bad) }), { name: 'BackupError', message });
      assert.deepEqual(await filesIn(data), ['lock']);
    }
    await restore({ folders: place, input: whole(archive) });
  });

  test('without its objects', async (t) => {
    const { folder, folders } = await makeData(t);
    const { archive } = await backUpAll(folders);
    const place = { data: join(folder, 'restored'), objects: undefined };
    await assert.rejects(restore({ folders: place, input: whole(archive) }), /set objects\.store to folder/);
  });
});

test('no backup is made of a folder that is none of a server', async (t) => {
  const folder = await makeFolder(t);
  await assert.rejects(backUpAll({ data: join(folder, 'data'), objects: undefined }), {
    name: 'BackupError',
    message: /^There is no database in /,
  });
});

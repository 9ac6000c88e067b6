import assert from 'node:assert/strict';
import { chmod, copyFile, open, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, type TestContext, test } from 'node:test';
import { startServer } from '@proscenium/server';
import { pino } from 'pino';
import { configWith, createFolder, found, unstopped } from '../found.fixture.ts';
import { dataFolderCheck } from './data-folder.ts';
import { diskSpaceCheck } from './disk-space.ts';
import { storeCheck } from './store.ts';

/** A data folder that a server has worked on. */
async function createData(t: TestContext): Promise<string> {
  const data = path.join(await createFolder(t), 'data');
  const config = configWith({ data, environment: { PROSCENIUM_MEDIA_WORKERS: '0' } });
  const server = await startServer(config, { logger: pino({ level: 'silent' }) });
  await server.close();
  return data;
}

const look = async (data: string) => found(await storeCheck.run({ config: configWith({ data }) }, unstopped));

describe('the data folder', () => {
  const lookAt = async (data: string) => found(await dataFolderCheck.run({ config: configWith({ data }) }, unstopped));

  test('can be written to, and nothing is left in it', async (t) => {
    const data = await createFolder(t);
    assert.deepEqual(await lookAt(data), [`ok: ${data} can be written to`]);
    assert.deepEqual(await readdir(data), []);
  });

  test('that is not there yet is not made', async (t) => {
    const folder = await createFolder(t);
    const data = path.join(folder, 'a/b');
    assert.deepEqual(await lookAt(data), [`ok: ${data} is made at the first start`]);
    assert.deepEqual(await readdir(folder), []);
  });

  test('that is a file, or below one, fails', async (t) => {
    const file = path.join(await createFolder(t), 'file');
    await writeFile(file, '');
    for (const data of [file, path.join(file, 'data')])
      assert.deepEqual(await lookAt(data), [`failed: ${file} is no folder`]);
  });

  test('in a file system that takes nothing fails', { skip: process.platform !== 'linux' }, async () => {
    assert.match((await lookAt('/proc/1')).join(), /^failed: \/proc\/1 cannot be written to: E[A-Z]+$/);
  });

  test('that everybody may look into is warned of', async (t) => {
    const data = await createFolder(t);
    await chmod(data, 0o755);
    assert.deepEqual(await lookAt(data), [
      `ok: ${data} can be written to`,
      'warning: everybody on this machine may look into it, and it holds keys',
    ]);
  });
});

describe('disk space', () => {
  const gibibyte = 2 ** 30;
  for (const [free, files, expected] of [
    [20 * gibibyte, 1_000, /^ok: 20\.0 GiB free/],
    [gibibyte / 2, 1_000, /^warning: 512 MiB free/],
    [gibibyte / 64, 1_000, /^failed: 16 MiB free/],
    [20 * gibibyte, 3, /^failed: room for 3 more files/],
  ] as const) {
    test(`of ${free / gibibyte} GiB and ${files} files: ${expected}`, async (t) => {
      const data = await createFolder(t);
      const statistics = { bavail: free / 4_096, bsize: 4_096, files: 10_000, ffree: files };
      const check = diskSpaceCheck((async () => statistics) as unknown as Parameters<typeof diskSpaceCheck>[0]);
      assert.match(found(await check.run({ config: configWith({ data }) }, unstopped)).join(), expected);
    });
  }

  test('of a folder that is not there yet is that around it', async (t) => {
    const config = configWith({ data: path.join(await createFolder(t), 'not/yet') });
    assert.match(found(await diskSpaceCheck().run({ config }, unstopped)).join(), / free at .*proscenium-doctor-\w+$/);
  });
});

describe('the database', () => {
  test('may not be there yet', async (t) => {
    assert.deepEqual(await look(await createFolder(t)), ['ok: there is none yet: it is made at the first start']);
  });

  test('that a server made is whole, also while another one has it open, and stays as it is', async (t) => {
    const data = await createData(t);
    const file = path.join(data, 'proscenium.db');
    const before = await readFile(file);
    assert.match((await look(data)).join(), /^ok: whole, schema version \d+$/);
    const other = new DatabaseSync(file);
    t.after(() => other.close());
    other.exec('begin immediate');
    assert.match((await look(data)).join(), /^ok: whole/);
    other.exec('rollback');
    assert.deepEqual(await readFile(file), before);
  });

  test('of an earlier version is fine, one of a later version is not', async (t) => {
    const data = await createData(t);
    const database = new DatabaseSync(path.join(data, 'proscenium.db'));
    t.after(() => database.close());
    database.exec('delete from schema_versions where version > 3');
    assert.match((await look(data)).join(), /^ok: whole, schema version 3; the next start takes it to \d+$/);
    database.exec('insert into schema_versions values (9999, 0)');
    assert.match((await look(data)).join(), /^failed: it was written by a newer server: schema version 9999/);
  });

  test('with pages that were overwritten fails', async (t) => {
    const data = await createData(t);
    const file = path.join(data, 'proscenium.db');
    const handle = await open(file, 'r+');
    await handle.write(Buffer.alloc(4_096, 0x5a), 0, 4_096, 5 * 4_096);
    await handle.close();
    assert.match((await look(data)).join(), /^failed: .*proscenium\.db( is damaged)?: /);
  });

  test('that is none fails', async (t) => {
    const data = await createFolder(t);
    await copyFile(import.meta.filename, path.join(data, 'proscenium.db'));
    assert.match((await look(data)).join(), /^failed: .*: file is not a database$/);
  });
});

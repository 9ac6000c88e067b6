import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { takeDataFolder } from './data-folder.ts';

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-'));
  t.after(() => rm(folder, { recursive: true }));
  return join(folder, 'deep', 'data');
}

test('the data folder is made for its owner alone', async (t) => {
  const folder = await newFolder(t);
  const letGo = await takeDataFolder(folder);
  t.after(letGo);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  assert.equal((await stat(join(folder, 'lock'))).mode & 0o777, 0o600);
});

test('the data folder is one server’s until that one lets go of it', async (t) => {
  const folder = await newFolder(t);
  const letGo = await takeDataFolder(folder);
  await assert.rejects(takeDataFolder(folder), {
    message: `Another server works on the data folder ${folder}. End that one first, or give this one a folder of its own.`,
  });
  letGo();
  const letGoAgain = await takeDataFolder(folder);
  letGoAgain();
});

test('a data folder that cannot be locked for another reason is refused with that', async (t) => {
  const folder = await newFolder(t);
  await assert.rejects(takeDataFolder('/dev/null/data'), { code: 'ENOTDIR' });
  const letGo = await takeDataFolder(folder);
  t.after(letGo);
});

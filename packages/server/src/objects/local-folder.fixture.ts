import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { LocalFolder } from './local-folder.ts';
import type { ObjectName } from './object-store.ts';

export const account = '123456789012';

/** A folder that goes with the test. */
export async function testFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-objects-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

export async function openLocalFolder(t: TestContext): Promise<{ store: LocalFolder; folder: string }> {
  const folder = await testFolder(t);
  return { store: await LocalFolder.open(folder), folder };
}

/** All keys of a bucket, in its order. */
export async function keysIn(store: LocalFolder, bucket: string, prefix = ''): Promise<string[]> {
  return Array.fromAsync(store.keys({ account, bucket }, { prefix, after: '', skips: () => false }));
}

/** The text of an object; undefined when there is none. */
export async function textOf(store: LocalFolder, name: Omit<ObjectName, 'account'>): Promise<string | undefined> {
  const object = await store.read({ account, ...name });
  try {
    return await object?.handle.readFile('utf8');
  } finally {
    await object?.handle.close();
  }
}

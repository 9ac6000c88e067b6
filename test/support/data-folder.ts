import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

/** A data folder that outlives servers and goes with the test. */
export async function createDataFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-data-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { serveFolder } from '../support/folder-server.ts';
import { Installation } from '../support/installation.ts';

/** Installs a sample and runs its script `build`. It goes when the test ends. */
export async function buildExample(t: TestContext, name: string): Promise<Installation> {
  const installed = await Installation.createExample(name);
  t.after(() => installed.remove());
  const { code, output } = await installed.run('npm', ['run', 'build'], { NEXT_TELEMETRY_DISABLED: '1' });
  assert.equal(code, 0, output);
  return installed;
}

/** @returns the address of the page */
export async function serveBuilt(t: TestContext, folder: string): Promise<string> {
  const pages = await serveFolder(folder);
  t.after(() => pages.close());
  return pages.url;
}

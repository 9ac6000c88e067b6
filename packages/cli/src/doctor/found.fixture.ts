import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { type Config, loadConfig } from '@proscenium/server/configuring';
import type { Result, Status } from './check.ts';

/** What a check found, as `status: text`, remedies apart. Every warning and failure must have one. */
export function found({ findings }: Result): string[] {
  for (const { status, says, remedy } of findings) {
    const wanted: Status[] = ['warning', 'failed'];
    assert.equal(remedy !== undefined, wanted.includes(status), says);
  }
  return findings.map(({ status, says }) => `${status}: ${says}`);
}

/** A folder that goes with the test. */
export async function createFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-doctor-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** A configuration of a server on this machine, with some settings of the test's. */
export function configWith(settings: { data?: string; listen?: string; environment?: Record<string, string> }): Config {
  const { data = '/nowhere', listen = '127.0.0.1:0', environment = {} } = settings;
  return loadConfig({ environment: { PROSCENIUM_MEDIA_WORKERS: '1', ...environment }, flags: { data, listen } });
}

/** A signal that nobody gives. */
export const unstopped: AbortSignal = new AbortController().signal;

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

export const launcher = path.join(import.meta.dirname, '../bin/proscenium');

export type Outcome = { status: number; stdout: string; stderr: string };

/** Runs the command `proscenium` to its end. */
export async function run(
  options: readonly string[],
  { input = '', environment = {} }: { input?: string; environment?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  const child = spawn(launcher, options, { env: { ...process.env, ...environment }, stdio: 'pipe' });
  child.stdin.end(input);
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status, stdout, stderr };
}

/** The same where it has to go well. @returns what it printed as JSON */
export async function runJson(...options: string[]) {
  const { status, stdout, stderr } = await run([...options, '--json']);
  assert.equal(status, 0, stderr);
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers as programs without types do
  return JSON.parse(stdout) as any;
}

export async function makeFolder(t: Pick<TestContext, 'after'>): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'proscenium-cli-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export type ServedFolder = { endpoint: string; data: string; child: ChildProcess; stop(): Promise<void> };

/** A server without media on a data folder, until the test ends or it is stopped before. */
export async function serveFolder(
  t: Pick<TestContext, 'after'>,
  data: string,
  environment: NodeJS.ProcessEnv = {},
  options: readonly string[] = [],
): Promise<ServedFolder> {
  const child = spawn(launcher, ['serve', '--json', '--listen', '127.0.0.1:0', '--data', data, ...options], {
    env: { ...process.env, PROSCENIUM_MEDIA_WORKERS: '0', PROSCENIUM_LOG_LEVEL: 'error', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  t.after(stop);
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
  return { endpoint: JSON.parse(String(line)).endpoint, data, child, stop };
}

import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';

const fixture = path.join(import.meta.dirname, 'stop.fixture.ts');

async function start(...behaviour: string[]): Promise<ChildProcessByStdio<null, Readable, Readable>> {
  const child = spawn(process.execPath, [fixture, ...behaviour], { stdio: ['ignore', 'pipe', 'pipe'] });
  await once(child.stdout, 'data');
  return child;
}

describe('a signal', { concurrency: true }, () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} ends the process with exit code 0 once the server is closed`, async () => {
      const child = await start('closes');
      child.kill(signal);
      assert.deepEqual(await once(child, 'exit'), [0, null]);
    });
  }

  test('ends the process with exit code 1 and a word in the log when the server does not close cleanly', async () => {
    const child = await start('fails');
    child.kill('SIGTERM');
    const [log, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    assert.match(log, /the disk is full/);
    assert.equal(exitCode, 1);
  });

  test('ends the process within 5 s with exit code 1 and a word in the log when the server does not close', async () => {
    const child = await start('hangs');
    child.kill('SIGTERM');
    const [log, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    assert.match(log, /the server does not close/);
    assert.equal(exitCode, 1);
  });

  test('ends the process also when nobody reads its log any more', async (t) => {
    const child = await start('fails');
    t.after(() => child.kill('SIGKILL'));
    await once(child.stderr.destroy(), 'close');
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit', { signal: AbortSignal.timeout(60_000) }), [1, null]);
  });

  test('a second time ends the process at once', async () => {
    const child = await start('hangs');
    const log = text(child.stderr);
    child.kill('SIGTERM');
    await once(child.stderr, 'data');
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [1, null]);
    assert.doesNotMatch(await log, /the server does not close/);
  });
});

test('a server that fails ends the process with the exit code that it is given', async () => {
  const child = await start('closes', 'by-itself');
  assert.deepEqual(child.exitCode === null ? await once(child, 'exit') : [child.exitCode, null], [3, null]);
});

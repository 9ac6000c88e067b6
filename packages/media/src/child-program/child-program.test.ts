import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { ChildProgram, type ChildProgramOptions } from './child-program.ts';

const GUARD_MS = 60_000;
const entry = new URL('./obedient.fixture.ts', import.meta.url);

describe('a child program', { timeout: 3 * GUARD_MS, concurrency: true }, () => {
  it('gets messages and sends some, and answers what it is asked', async (t) => {
    const child = await start(t);
    const echo = once(child, 'message');
    child.send('echo');
    assert.deepEqual(await echo, ['echo']);
    assert.deepEqual(Buffer.from(await child.ask<Uint8Array>('fill')), Buffer.of(1, 1, 1));
    await assert.rejects(child.ask('refuse'), /I do not know/);
  });

  it('asks the server', async (t) => {
    const child = await start(t, { onQuestion: (question) => `${question} The server.` });
    const told = once(child, 'message');
    child.send('ask');
    assert.deepEqual(await told, ['who are you? The server.']);
  });

  it('sees nothing of the environment that may be secret', async (t) => {
    process.env.PROSCENIUM_TEST_SECRET = 'a secret';
    t.after(() => delete process.env.PROSCENIUM_TEST_SECRET);
    const child = await start(t);
    const environment = await child.ask<NodeJS.ProcessEnv>('environment');
    assert.equal(environment.PATH, process.env.PATH);
    assert.equal(environment.PROSCENIUM_TEST_SECRET, undefined);
  });

  it('is started again when it is killed, and fails what it was asked', async (t) => {
    const child = await start(t);
    const died = once(child, 'died');
    const restarted = once(child, 'restarted');
    child.send('hang');
    const asked = assert.rejects(child.ask('fill'), /ended with SIGKILL/);
    const { pid } = child;
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    await asked;
    const [cause] = await died;
    assert.match(String(cause), /The child ended with SIGKILL/);
    assert.equal(child.pid, undefined);
    await assert.rejects(child.ask('fill'), /is down/);
    await restarted;
    assert.notEqual(child.pid, pid);
    assert.deepEqual(Buffer.from(await child.ask<Uint8Array>('fill')), Buffer.of(1, 1, 1));
  });

  it('is tried again and again, with longer and longer delays', async (t) => {
    const child = await start(t, { timing: { restartDelaysMs: [0, 10, 20], stableAfterMs: Infinity } });
    for (let death = 0; death < 4; death += 1) {
      const restarted = once(child, 'restarted');
      process.kill(child.pid ?? 0, 'SIGKILL');
      await restarted;
    }
    assert.ok(child.pid);
  });

  it('does not start when it crashes at once, or never says that it is ready', async (t) => {
    await assert.rejects(start(t, { arguments: ['crash'] }), /The child ended with code 3/);
    await assert.rejects(start(t, { arguments: ['never'], timing: { readyTimeoutMs: 100 } }), /SIGKILL/);
  });

  it('has its log shortened when it writes without end', async (t) => {
    const startedMs = performance.now();
    const lines: string[] = [];
    const leftOut = () =>
      lines.reduce((sum, line) => sum + Number(/^(\d+) lines are left out$/.exec(line)?.[1] ?? 0), 0);
    const toldLines = () => lines.filter((line) => line.startsWith('x'));
    const all = Promise.withResolvers<void>();
    const onLog = (line: string) => {
      lines.push(line);
      if (toldLines().length + leftOut() === 1_000) all.resolve();
    };
    const child = await start(t, { onLog });
    child.send('flood');
    await all.promise;
    const windows = 1 + Math.floor((performance.now() - startedMs) / 10_000);
    assert.ok(toldLines().length <= 100 * windows, `${lines.length} lines`);
    assert.ok(toldLines().every((line) => line.length <= 2_000));
  });

  it('is asked to end, and ends', async (t) => {
    const child = await start(t);
    const { pid } = child;
    const messages: string[] = [];
    child.on('message', (message) => messages.push(message));
    child.on('died', () => assert.fail('it did not die'));
    await Promise.all([child.close(), child.close()]);
    assert.deepEqual(messages, ['closing']);
    assert.ok(pid && !isAlive(pid));
  });

  it('is closed when it has died a moment ago, which nobody has noticed yet', async (t) => {
    const child = await start(t);
    const pid = child.pid as number;
    process.kill(pid, 'SIGKILL');
    // All its threads: the last one closes what it had open.
    while (isAlive(pid) || readdirSync(`/proc/${pid}/task`).length > 1);
    await child.close();
    assert.ok(!isAlive(pid));
  });

  it('is killed when it does not end', async (t) => {
    const child = await start(t, { arguments: ['stubborn'], timing: { closeTimeoutMs: 100 } });
    const { pid } = child;
    await child.close();
    assert.ok(pid && !isAlive(pid));
  });

  it('is killed when it does not read any more, and started again', async (t) => {
    const child = await start(t);
    const restarted = once(child, 'restarted');
    child.send('hang');
    for (let count = 0; count < 20_000; count += 1) child.send('echo');
    await restarted;
  });

  it('is killed when it does not answer any more, and started again', async (t) => {
    const child = await start(t, { timing: { pingIntervalMs: 20, unansweredPings: 30 } });
    const [died, restarted] = [once(child, 'died'), once(child, 'restarted')];
    child.send('hang');
    assert.match(String(await died), /SIGKILL/);
    await restarted;
  });

  it('ends when the server is killed', async () => {
    const server = fork(new URL('./parent.fixture.ts', import.meta.url), { execArgv: [] });
    const [pid] = (await once(server, 'message')) as [number];
    assert.ok(isAlive(pid));
    server.kill('SIGKILL');
    const deadline = performance.now() + GUARD_MS;
    while (isAlive(pid)) {
      assert.ok(performance.now() < deadline, 'it is still there');
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
});

async function start(t: TestContext, options: Partial<ChildProgramOptions<string>> = {}) {
  const child = await ChildProgram.start<string, string>({ entry, name: 'child', ...options });
  t.after(() => child.close());
  return child;
}

/** One that has ended and was not waited for is as good as gone. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

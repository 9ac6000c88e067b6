import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { atProcessEnd } from '../support/process-end.ts';

const withLoopback = fileURLToPath(new URL('../../scripts/with-loopback', import.meta.url));

/** A network of nothing but a loopback interface, on which every port is free. */
export interface LoopbackNetwork {
  /** What to run before a program for it to run inside. */
  command: readonly string[];
  end(): Promise<void>;
}

/** Whether this machine lets us make one. */
export function networksAllowed(): boolean {
  return spawnSync('unshare', ['--net', withLoopback, 'true'], { stdio: 'ignore' }).status === 0;
}

/** @throws where this machine does not let us */
export async function createLoopbackNetwork(): Promise<LoopbackNetwork> {
  // It holds the network, and ends with us.
  const holder = spawn('unshare', ['--net', withLoopback, 'sh', '-c', 'echo up; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const forget = atProcessEnd(() => holder.kill('SIGKILL'));
  await Promise.race([once(holder.stdout, 'data'), ended(holder)]);
  if (holder.exitCode !== null) throw new Error(`A network cannot be made: unshare ended with ${holder.exitCode}`);
  return {
    command: ['nsenter', `--net=/proc/${holder.pid}/ns/net`],
    async end() {
      holder.stdin.end();
      await ended(holder);
      forget();
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

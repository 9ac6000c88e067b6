import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
// Not the global ones, which test environments replace.
import { clearTimeout, setTimeout } from 'node:timers';
import { LogTail } from './log-tail.ts';

/** What the server tells about itself when it is ready. */
export interface Announcement {
  endpoint: string;
  account: string;
  region: string;
}

/** The server itself gives up closing before that. */
const stopTimeoutMs = 15_000;

/** A server in a process of its own. It ends with this one, however this one ends. */
export class ServerProcess {
  readonly announcement: Announcement;
  readonly #running: Running;
  #stopped: Promise<void> | undefined;

  private constructor(running: Running, announcement: Announcement) {
    this.#running = running;
    this.announcement = announcement;
  }

  /** @throws when the server is not ready in time, or ends; the text has its reason */
  static async start(args: readonly string[], env: NodeJS.ProcessEnv, startTimeoutMs: number): Promise<ServerProcess> {
    const running = run(args, env);
    const { child, log, exit } = running;
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`it was not ready after ${startTimeoutMs} ms`)), startTimeoutMs);
      });
      const ended = exit.then(() => Promise.reject(new Error(describeEnd(child))));
      const line = await Promise.race([firstLine(child.stdout), ended, late]);
      const server = new ServerProcess(running, JSON.parse(line));
      server.#letGo();
      return server;
    } catch (cause) {
      await end(running).catch(() => undefined); // one that was never started has told so already
      throw new Error(`Proscenium did not start: ${(cause as Error).message}\n${log.reason()}`.trim(), { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  get log(): string {
    return this.#running.log.text;
  }

  /** Undefined while it runs. */
  get end(): string | undefined {
    const { child } = this.#running;
    return child.exitCode === null && child.signalCode === null ? undefined : describeEnd(child);
  }

  /** Asks the server to end, and waits for it. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    if (this.end !== undefined) return;
    for (const handle of handlesOf(this.#running.child)) handle.ref();
    await end(this.#running);
  }

  /** A test that forgets to close the server ends all the same, and the server with it. */
  #letGo(): void {
    for (const handle of handlesOf(this.#running.child)) handle.unref();
  }
}

/** All that keeps this process alive for the child's sake. Pipes to a child are sockets. */
function handlesOf(child: Running['child']): { ref(): void; unref(): void }[] {
  return [child, ...[child.stdin, child.stdout, child.stderr].map((pipe) => pipe as Writable | Readable as Socket)];
}

/** Resolves when it has ended. */
async function end({ child, exit }: Running): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  child.kill('SIGTERM');
  await exit.finally(() => clearTimeout(timer));
}

type Running = { child: ChildProcessByStdio<Writable, Readable, Readable>; log: LogTail; exit: Promise<void> };

function run(args: readonly string[], env: NodeJS.ProcessEnv): Running {
  const child = spawn(launcher(), args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  // The server does not read its standard input, which only ends when this process does.
  child.stdin.on('error', () => undefined);
  const log = new LogTail(child.stderr);
  const exit = new Promise<void>((resolve, reject) => {
    child.once('close', () => resolve());
    child.once('error', reject);
  });
  return { child, log, exit };
}

/** The command of the package `proscenium` that belongs to this one. */
function launcher(): string {
  const packageFile = createRequire(import.meta.url).resolve('proscenium/package.json');
  return path.join(path.dirname(packageFile), 'bin/proscenium');
}

function describeEnd({ exitCode, signalCode }: Running['child']): string {
  return signalCode === null ? `it ended with exit code ${exitCode}` : `it was ended by ${signalCode}`;
}

/** Never settles when the output ends before. */
function firstLine(output: Readable): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    output.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end !== -1) resolve(text.slice(0, end));
    });
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { atProcessEnd } from '../support/process-end.ts';
import { until } from '../support/until.ts';
import type { Block } from './block.ts';

const driver = fileURLToPath(new URL('session.sh', import.meta.url));

/** Of what a block prints, what is looked at. */
const maximumOutputBytes = 32 * 1024;
/** Of files that blocks write, in blocks of 1 KiB: more than any should. */
const maximumFileKib = 512 * 1024;
const blockGuardMs = 120_000;

export interface SessionOptions {
  /** The page of which it runs the blocks, as errors name it. */
  page: string;
  /** Where its commands run. */
  folder: string;
  /** For its own files. */
  scratch: string;
  env: NodeJS.ProcessEnv;
  /** What to run before its program. */
  command?: readonly string[];
}

/** A shell into which the blocks of a page are pasted, one after the other. */
export class ShellSession {
  readonly #page: string;
  readonly #scratch: string;
  readonly #child: ChildProcess;
  readonly #requests: Writable;
  readonly #reports: AsyncIterator<string>;
  readonly #forget: () => void;
  #count = 0;

  constructor({ page, folder, scratch, env, command = [] }: SessionOptions) {
    this.#page = page;
    this.#scratch = scratch;
    const limited = `ulimit -f ${maximumFileKib}; exec bash "$0"`;
    const [program = '', ...args] = [...command, 'bash', '-c', limited, driver];
    // A group of its own, which ends with whatever it left running.
    const stdio = ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'] as const;
    this.#child = spawn(program, args, { cwd: folder, env, detached: true, stdio: [...stdio] });
    this.#forget = atProcessEnd(() => this.#signal('SIGKILL'));
    const [, , , requests, reports] = this.#child.stdio;
    this.#requests = requests as Writable;
    // A session that has ended tells so by its reports.
    this.#requests.on('error', () => undefined);
    this.#reports = createInterface({ input: reports as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  /** Runs a block. @returns what it printed @throws with all that helps, when it fails */
  async run({ text, line, instructions: { before, background, exitCode } }: Block): Promise<string> {
    if (before !== undefined) await this.#source('here', { text: `${before}\n`, line, expected: 0 });
    if (background) return this.#source('background', { text, line, expected: 0 });
    return this.#source(exitCode === undefined ? 'here' : 'apart', { text, line, expected: exitCode ?? 0 });
  }

  /** Ends what goes on in the background. @throws when some of that had failed by itself */
  async end(): Promise<void> {
    this.#requests.end();
    const failed: string[] = [];
    for (;;) {
      const { value, done } = await this.#reports.next();
      if (done) break;
      const [, status, file] = /^ended (\d+) (.*)$/.exec(value) ?? [];
      if (file !== undefined && status !== '0') {
        failed.push(`${path.basename(file)}, in the background, ended with ${status}:\n${await outputOf(file)}`);
      }
    }
    this.#signal('SIGTERM');
    await until(
      async () => this.#signal(0),
      (lives) => !lives,
      5_000,
    ).catch(() => this.#signal('SIGKILL'));
    this.#forget();
    if (failed.length > 0) throw new Error(failed.join('\n'));
  }

  async #source(
    how: 'here' | 'apart' | 'background',
    { text, line, expected }: { text: string; line: number; expected: number },
  ): Promise<string> {
    // Named and numbered as the page is, since the shell tells both.
    const folder = path.join(this.#scratch, String(this.#count++));
    const file = path.join(folder, path.basename(this.#page));
    await mkdir(folder, { recursive: true });
    await writeFile(file, '\n'.repeat(line - 1) + text);
    this.#requests.write(`${how}\t${file}\t${file}.output\n`);
    const guard = setTimeout(() => this.#signal('SIGKILL'), blockGuardMs);
    const { value, done } = await this.#reports.next().finally(() => clearTimeout(guard));
    const output = (await outputOf(file)).replaceAll(file, this.#page);
    if (!done && value === `done ${expected}`) return output;
    const ending = done ? `ended the session (${await this.#ending()})` : `had ${value}, not ${expected}`;
    throw new Error(`The block at ${this.#page}:${line} ${ending}:\n${text}\nIt printed:\n${output}`);
  }

  async #ending(): Promise<string> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    const { exitCode, signalCode } = this.#child;
    return signalCode === 'SIGKILL' ? `killed, perhaps after ${blockGuardMs / 1000} s` : `${signalCode ?? exitCode}`;
  }

  /** Signals all that it runs. @returns whether there is something */
  #signal(signal: NodeJS.Signals | 0): boolean {
    if (this.#child.pid === undefined) return false;
    try {
      return process.kill(-this.#child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      return false;
    }
  }
}

/** Its end, where it is long. */
async function outputOf(file: string): Promise<string> {
  const output = await open(`${file}.output`).catch(() => undefined);
  if (output === undefined) return '';
  try {
    const { size } = await output.stat();
    const position = Math.max(0, size - maximumOutputBytes);
    const { buffer, bytesRead } = await output.read({ buffer: Buffer.alloc(maximumOutputBytes), position });
    return `${position > 0 ? '…' : ''}${buffer.toString('utf8', 0, bytesRead)}`;
  } finally {
    await output.close();
  }
}

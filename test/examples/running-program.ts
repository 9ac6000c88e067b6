import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { atProcessEnd } from '../support/process-end.ts';
import { until } from '../support/until.ts';

/** Failure guard: commands end soon or never. */
const guardMs = 60_000;

/** Commands as a user types them, run by one shell from a folder, with all processes that they start. */
export class RunningProgram {
  readonly #group: number;
  /** When the shell has ended, and when the last of all has that writes. */
  readonly #ended: Promise<unknown>;
  readonly #closed: Promise<unknown>;
  #output = '';

  constructor(commands: string, { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv }) {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', commands], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    if (child.pid === undefined) throw new Error('There is no bash');
    this.#group = -child.pid;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        this.#output += chunk;
      });
    }
    const forget = atProcessEnd(() => this.#signal('SIGKILL'));
    this.#ended = once(child, 'exit');
    this.#closed = once(child, 'close').finally(forget);
  }

  /** All that it has written, on both outputs. */
  get output(): string {
    return this.#output;
  }

  /** Waits until it has written this, and gives the first group. @throws when it has ended without it */
  async says(pattern: RegExp): Promise<string> {
    let isOver = false;
    this.#ended.then(() => {
      isOver = true;
    });
    await until(
      async () => this.#output,
      (output) => isOver || pattern.test(output),
    );
    const found = pattern.exec(this.#output);
    if (found === null) throw new Error(`It ended without ${pattern}: ${this.#output}`);
    return found[1] ?? '';
  }

  /** Waits until the commands have succeeded. @throws when one failed */
  async succeeds(): Promise<string> {
    const guard = setTimeout(() => this.#signal('SIGKILL'), guardMs);
    const [code, signal] = (await this.#ended.finally(() => clearTimeout(guard))) as (number | string | null)[];
    if (code !== 0) throw new Error(`It ended with ${signal ?? code}: ${this.#output}`);
    return this.#output;
  }

  /** Ends it as Ctrl+C does. */
  async interrupt(): Promise<void> {
    const guard = setTimeout(() => this.#signal('SIGKILL'), guardMs);
    this.#signal('SIGINT');
    await this.#closed.finally(() => clearTimeout(guard));
  }

  #signal(signal: 'SIGINT' | 'SIGKILL'): void {
    try {
      process.kill(this.#group, signal);
    } catch (error) {
      // All of them have ended.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

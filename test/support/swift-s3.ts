import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { atProcessEnd } from './process-end.ts';
import { pythonModuleMissing, systemPython } from './python.ts';

const program = fileURLToPath(new URL('swift-s3.py', import.meta.url));
const startGuardMs = 60_000;

/** A reason to skip, or false. */
export function swiftMissing(): string | false {
  return pythonModuleMissing('swift', 'python3-swift');
}

/** An object store of another make: OpenStack Swift with its S3 API, in path style, in the region us-west-2. */
export class SwiftS3 {
  /** May do everything. */
  static readonly owner = { accessKeyId: 'studio:owner', secretAccessKey: 'owner-secret' };
  /** May do nothing. */
  static readonly guest = { accessKeyId: 'studio:guest', secretAccessKey: 'guest-secret' };
  readonly endpoint: string;
  readonly #folder: string;
  #process: ChildProcess;
  readonly #forget: () => void;

  private constructor(folder: string, { child, port }: { child: ChildProcess; port: number }) {
    this.endpoint = `http://127.0.0.1:${port}`;
    this.#folder = folder;
    this.#process = child;
    this.#forget = atProcessEnd(() => this.#process.kill('SIGKILL'));
  }

  static async start(): Promise<SwiftS3> {
    const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-swift-'));
    return new SwiftS3(folder, await run(folder, 0));
  }

  /** Ends it at once, as a power cut does. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  /** Has it back at the same address with what it held. */
  async startAgain(): Promise<void> {
    const { child } = await run(this.#folder, Number(new URL(this.endpoint).port));
    this.#process = child;
  }

  async close(): Promise<void> {
    await this.stop();
    this.#forget();
    await rm(this.#folder, { recursive: true });
  }
}

async function run(folder: string, port: number): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(systemPython, ['-W', 'ignore', program, folder, String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line', { signal: AbortSignal.timeout(startGuardMs) });
  lines.close();
  return { child, port: Number(line) };
}

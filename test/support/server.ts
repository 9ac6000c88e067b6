import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime';
import type { NetworkNamespace } from './netns.ts';
import { atProcessEnd } from './process-end.ts';
import { until } from './until.ts';

/** The command as npm links it: what a user starts. */
const launcher = fileURLToPath(new URL('../../node_modules/.bin/proscenium', import.meta.url));

/** Failure guards. The promise is 5 s for the end; a busy machine may be slow to say so. */
const startGuardMs = 60_000;
const stopGuardMs = 60_000;

export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The key of servers that were told one. */
export const testAccessKey: AccessKey = {
  accessKeyId: 'PRSCTESTTESTTESTTEST',
  secretAccessKey: 'a-secret-of-the-tests-that-nobody-else-uses',
};

/** Environment of a server that waits for encoders, which takes a program more. */
export const withEncoders = { PROSCENIUM_INGEST_RTMP_PORT: '0', PROSCENIUM_INGEST_RTMPS_PORT: '0' };

export interface ServerOptions {
  /** Address to listen on; the port is always a free one. Default 127.0.0.1. */
  host?: string;
  /** Where it runs. Default: this machine's network. */
  network?: Pick<NetworkNamespace, 'command'>;
  /** Default: a folder of its own, which goes when the server ends. */
  dataFolder?: string;
  /** Added to the environment, after the test's settings. An empty value takes a setting away. */
  env?: Record<string, string>;
  args?: string[];
}

/** The object that the server prints when it accepts calls. */
interface Announcement {
  ready: boolean;
  endpoint: string;
  account: string;
  region: string;
  media: { announcedAddresses: string[]; ports: { protocol: string; port: number }[] };
  ingest: { rtmp?: string; rtmps?: string };
  console: string;
  consoleLink?: string;
  credentialsFile?: string;
}

/** How a server process ended. */
export interface Ended {
  code: number | null;
  signal: string | null;
  afterMs: number;
}

/** A server process as a user starts it, on free ports, and a client of the AWS SDK for it. */
export class ServerProcess {
  readonly announcement: Announcement;
  readonly pid: number;
  readonly dataFolder: string;
  readonly client: IVSRealTimeClient;
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<Ended>;
  readonly #log: () => string;
  readonly #signal: (signal: 'SIGTERM' | 'SIGKILL') => Promise<Ended>;

  constructor(options: {
    announcement: Announcement;
    pid: number;
    dataFolder: string;
    ended: Promise<Ended>;
    log: () => string;
    signal: (signal: 'SIGTERM' | 'SIGKILL') => Promise<Ended>;
  }) {
    this.announcement = options.announcement;
    this.pid = options.pid;
    this.dataFolder = options.dataFolder;
    this.ended = options.ended;
    this.#log = options.log;
    this.#signal = options.signal;
    this.client = this.clientWith(testAccessKey);
  }

  get endpoint(): string {
    return this.announcement.endpoint;
  }

  get region(): string {
    return this.announcement.region;
  }

  clientWith(credentials: AccessKey): IVSRealTimeClient {
    return new IVSRealTimeClient({ endpoint: this.endpoint, region: this.region, credentials });
  }

  /** Everything that the server wrote, on both outputs. */
  log(): string {
    return this.#log();
  }

  /** The port that it listens on, which is another one than that of a public address. Where it listens without TLS. */
  async listenPort(): Promise<number> {
    const said = /Server listening at http:\/\/127\.0\.0\.1:(\d+)/;
    const log = await until(
      async () => this.log(),
      (text) => said.test(text),
    );
    return Number(said.exec(log)?.[1]);
  }

  /** Asks the server to end when the last participant has left. */
  drain(): void {
    process.kill(this.pid, 'SIGUSR2');
  }

  /** Asks the server to end. @throws unless it ends with exit code 0 */
  async stop(): Promise<Ended> {
    this.client.destroy();
    const ended = await this.#signal('SIGTERM');
    if (ended.code !== 0) throw new Error(`The server ended with ${ended.signal ?? ended.code}: ${this.log()}`);
    return ended;
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    this.client.destroy();
    await this.#signal('SIGKILL');
  }
}

export async function startServer({
  host = '127.0.0.1',
  network,
  dataFolder,
  env,
  args = [],
}: ServerOptions = {}): Promise<ServerProcess> {
  const folder = dataFolder ?? (await mkdtemp(path.join(tmpdir(), 'proscenium-data-')));
  const options = ['serve', '--listen', `${host}:0`, '--data', folder, '--json', ...args];
  const [program = launcher, ...rest] = [...(network?.command ?? []), launcher, ...options];
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PROSCENIUM_ACCESS_KEY_ID: testAccessKey.accessKeyId,
      PROSCENIUM_SECRET_ACCESS_KEY: testAccessKey.secretAccessKey,
      PROSCENIUM_MEDIA_PORT: '0',
      PROSCENIUM_MEDIA_WORKERS: '1',
      PROSCENIUM_INGEST_RTMP_PORT: 'off',
      PROSCENIUM_INGEST_RTMPS_PORT: 'off',
      PROSCENIUM_THROTTLES_ENABLED: 'false',
      ...env,
    },
  });
  const forget = atProcessEnd(() => child.kill('SIGKILL'));
  let log = '';
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (chunk: string) => {
      log += chunk;
    });
  }
  const started = Date.now();
  const exit = once(child, 'exit').then(
    ([code, signal]: (number | string | null)[]) => ({ code, signal, afterMs: Date.now() - started }) as Ended,
  );

  const announcement = await firstLine(child.stdout, exit).catch((cause: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`The server did not start: ${log}`, { cause });
  });
  return new ServerProcess({
    announcement: JSON.parse(announcement),
    pid: child.pid ?? 0,
    dataFolder: folder,
    ended: exit,
    log: () => log,
    async signal(signal) {
      const guard = setTimeout(() => child.kill('SIGKILL'), stopGuardMs);
      const started = Date.now();
      child.kill(signal);
      const ended = await exit.finally(() => clearTimeout(guard));
      forget();
      if (dataFolder === undefined) await rm(folder, { recursive: true, force: true });
      return { ...ended, afterMs: Date.now() - started };
    },
  });
}

/** The server promises that its first line is the announcement. */
async function firstLine(output: NodeJS.ReadableStream, exit: Promise<unknown>): Promise<string> {
  const lines = createInterface(output);
  const waiting = new AbortController();
  const guard = setTimeout(() => waiting.abort(), startGuardMs);
  try {
    const line = once(lines, 'line', { signal: waiting.signal }).then(([text]) => text as string);
    const gone = exit.then(() => Promise.reject(new Error('It ended')));
    return await Promise.race([line, gone]);
  } finally {
    clearTimeout(guard);
    lines.close();
    output.resume();
  }
}

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Orders } from './orders.ts';
import { ServerClock } from './server-clock.ts';
import { ServerFailures } from './server-failures.ts';
import { ServerProcess } from './server-process.ts';

export interface ProsceniumOptions {
  /** Whether participants can publish and subscribe, for which a media worker is needed. Default false. */
  media?: boolean;
  /** Options of the server as config.sample.yaml has them, say `{ quotas: { stages: 3 } }`. Its environment sets none. */
  config?: { [option: string]: unknown };
  /** Default 60 s. */
  startTimeoutMs?: number;
}

/** A running server. */
export interface Proscenium {
  /** Base URL of the API. */
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** For the SDK: `new IVSRealTimeClient(server.clientConfig)`. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  readonly clock: ServerClock;
  readonly failures: ServerFailures;
  /** The server's log up to now, a line a JSON object; of a long one the end. */
  readonly logs: string;
  /** Throws everybody out, removes all resources, history, events and injected failures, and sets the clock right. */
  reset(): Promise<void>;
  /** Ends the server, and removes its data. */
  close(): Promise<void>;
}

/**
 * Starts a server on free ports of 127.0.0.1, with empty data of its own. Any number of them run side by side.
 *
 * @throws when it does not start; the text has the server's reason
 */
export async function startProscenium({
  media = false,
  config = {},
  startTimeoutMs = 60_000,
}: ProsceniumOptions = {}): Promise<Proscenium> {
  const credentials = {
    accessKeyId: `PRSC${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
  const server = await startServer(withMedia(config, media), credentials, startTimeoutMs);
  const { endpoint, region, account } = server.announcement;
  const orders = new Orders(endpoint, (cause) => {
    const state = server.end === undefined ? 'does not answer' : `is gone: ${server.end}`;
    return new Error(`Proscenium ${state}`, { cause });
  });
  return {
    endpoint,
    region,
    account,
    credentials,
    clientConfig: { endpoint, region, credentials },
    clock: new ServerClock(orders),
    failures: new ServerFailures(orders),
    get logs() {
      return server.log;
    },
    async reset() {
      await orders.send('POST', 'reset', {});
    },
    close: () => server.stop(),
  };
}

type Config = NonNullable<ProsceniumOptions['config']>;

function withMedia(config: Config, media: boolean): Config {
  const group = (config.media ?? {}) as Config;
  return { ...config, media: { ...group, workers: media ? (group.workers ?? 1) : 0 } };
}

async function startServer(
  config: Config,
  { accessKeyId, secretAccessKey }: Proscenium['credentials'],
  startTimeoutMs: number,
): Promise<ServerProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-config-'));
  try {
    // JSON is YAML.
    const file = path.join(folder, 'config');
    await writeFile(file, JSON.stringify(config), { mode: 0o600 });
    const listen = config.listen === undefined ? ['--listen', '127.0.0.1:0'] : [];
    const args = ['serve', '--json', '--testing', '--until-stdin-ends', '--config', file, ...listen];
    const keys = { PROSCENIUM_ACCESS_KEY_ID: accessKeyId, PROSCENIUM_SECRET_ACCESS_KEY: secretAccessKey };
    return await ServerProcess.start(args, { ...serverEnvironment(), ...keys }, startTimeoutMs);
  } finally {
    // It has been read.
    await rm(folder, { recursive: true, force: true });
  }
}

/** What stands in the way of a server that is the same wherever the tests run: its options, and those of the test's Node. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const isOption = (name: string) => name.startsWith('PROSCENIUM_') && name !== 'PROSCENIUM_MEDIASOUP_WORKER';
  const isOfNode = (name: string) => name === 'NODE_OPTIONS' || name === 'NODE_V8_COVERAGE';
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOption(name) && !isOfNode(name)));
}

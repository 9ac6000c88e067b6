import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime';
import pino from 'pino';
import { type AlarmClock, systemClock } from './clock.ts';
import { type Config, loadConfig } from './config/config.ts';
import { type RunningServer, startServer } from './main.ts';

const credentials = {
  accessKeyId: 'PRSCEXAMPLEEXAMPLEEX',
  secretAccessKey: 'example-secret-example-secret-example-00',
};

/** A whole server on free ports, with its data in a folder of its own, and the AWS SDK's client for it. */
export class TestServer {
  readonly running: RunningServer;
  readonly client: IVSRealTimeClient;
  readonly #config: Config;
  readonly #clock: AlarmClock;

  private constructor(config: Config, clock: AlarmClock, running: RunningServer) {
    this.#config = config;
    this.#clock = clock;
    this.running = running;
    this.client = this.clientFor(running.region);
  }

  /** A client of the same account in this region. Whoever asks for it destroys it. */
  clientFor(region: string): IVSRealTimeClient {
    return new IVSRealTimeClient({ endpoint: this.running.endpoint, region, credentials });
  }

  static async start(
    limits: Partial<Config['limits']> = {},
    clock: AlarmClock = systemClock,
    events: Partial<Config['events']> = {},
  ): Promise<TestServer> {
    const data = await mkdtemp(join(tmpdir(), 'proscenium-'));
    const config = loadConfig({ environment: process.env, flags: { listen: '127.0.0.1:0', data } });
    const ofTests: Config = {
      ...config,
      accessKeys: [{ ...credentials, account: config.account, userName: 'test' }],
      throttles: { ...config.throttles, enabled: false },
      limits: { ...config.limits, ...limits },
      events: { ...config.events, ...events },
      media: { ...config.media, workers: 1 },
      ingest: { rtmpPort: undefined, rtmpsPort: undefined },
    };
    return TestServer.#start(ofTests, clock);
  }

  /** Ends the server and starts another one on the same data. */
  async restart(): Promise<TestServer> {
    await this.running.close();
    return TestServer.#start(this.#config, this.#clock);
  }

  async close(): Promise<void> {
    this.client.destroy();
    await this.running.close();
    await rm(this.#config.data, { recursive: true });
  }

  static async #start(config: Config, clock: AlarmClock): Promise<TestServer> {
    const running = await startServer(config, { logger: pino({ level: 'silent' }), clock });
    return new TestServer(config, clock, running);
  }
}

import { join } from 'node:path';
import type { Logger } from 'pino';
import type { AlarmClock } from './clock.ts';
import type { Config } from './config/config.ts';
import { takeDataFolder } from './data-folder.ts';
import type { Endings } from './endings.ts';
import { type Accounts, createAccounts } from './identity/accounts.ts';
import { Metrics } from './metrics/metrics.ts';
import { openStore, type StoreTimings } from './store/sqlite/open-store.ts';
import type { Store } from './store/store.ts';
import { TestControl } from './testing/test-control.ts';
import { Certificate } from './tls/certificate.ts';
import type { JoinTracing } from './tracing/join-tracing.ts';
import { startTracing } from './tracing/start-tracing.ts';

export interface GroundworkParts {
  /** What signatures are judged by. */
  readonly realClock: AlarmClock;
  readonly logger: Logger;
  readonly endings: Endings;
}

/** What every part of a server stands on. */
export interface Groundwork extends GroundworkParts {
  /** The service's own time: what expires, lingers and is kept goes by it. */
  readonly clock: AlarmClock;
  readonly certificate: Certificate | undefined;
  readonly accounts: Accounts;
  /** Undefined: nobody tests with this server. */
  readonly testing: TestControl | undefined;
  readonly metrics: Metrics;
  readonly tracing: JoinTracing;
  readonly store: Store;
}

/** Takes the data folder, and opens what is in it. @throws when another server has it */
export async function startGroundwork(config: Config, parts: GroundworkParts): Promise<Groundwork> {
  const { realClock, logger, endings } = parts;
  const certificate = config.tls && (await Certificate.open({ files: config.tls, clock: realClock, logger }));
  endings.add(() => certificate?.close());
  endings.add(await takeDataFolder(config.data));
  const accounts = createAccounts(config.accounts);
  const testing = config.testing.enabled ? new TestControl(realClock) : undefined;
  const clock: AlarmClock = testing?.clock ?? realClock;
  const metrics = new Metrics();
  endings.add(() => metrics.close());
  const tracing = await startTracing(config, metrics, logger, realClock);
  endings.add(() => tracing.close());
  const timings: StoreTimings = {
    read: (durationMs) => metrics.database.read(durationMs),
    write: (work) => metrics.database.write(() => tracing.step('store.write', work)),
  };
  const store = await openStore({ file: join(config.data, 'proscenium.db'), clock, timings });
  endings.add(() => store.close());
  return { ...parts, clock, certificate, accounts, testing, metrics, tracing, store };
}

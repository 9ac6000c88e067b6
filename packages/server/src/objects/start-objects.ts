import type { Logger } from 'pino';
import type { AlarmClock } from '../clock.ts';
import type { ObjectsConfig } from '../config/objects.ts';
import { LocalFolder } from './local-folder.ts';
import type { ObjectStore } from './object-store.ts';
import { Spool } from './spool.ts';

export interface Objects {
  readonly store: ObjectStore;
  readonly spool: Spool;
  /** Where objects can be read from this server; undefined where they are in another store. */
  readonly folder: LocalFolder | undefined;
  close(): Promise<void>;
}

/** The object store of the configuration, and the spool in front of it, which goes on with what the last server left. */
export async function startObjects(
  config: ObjectsConfig,
  { clock, logger }: { clock: AlarmClock; logger: Logger },
): Promise<Objects> {
  const { store, folder } = await openStore(config);
  const { spoolFolder, spoolBytes } = config;
  const spool = await Spool.open({ folder: spoolFolder, maximumBytes: spoolBytes, store, clock, logger });
  async function close(): Promise<void> {
    await spool.close();
    store.close();
  }
  return { store, spool, folder, close };
}

async function openStore(config: ObjectsConfig): Promise<Pick<Objects, 'store' | 'folder'>> {
  if (config.store === 'folder') {
    const folder = await LocalFolder.open(config.folder);
    return { store: folder, folder };
  }
  // A server that needs no client of S3 starts without one.
  const { S3Store } = await import('./s3-store.ts');
  return { store: new S3Store(config.s3), folder: undefined };
}

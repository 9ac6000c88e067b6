import type { Clock } from '../../clock.ts';
import type { Store } from '../store.ts';
import { kyselyOver } from './connection.ts';
import { createDatabaseFile, openForReading, openForWriting } from './database-file.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/migrations.ts';
import { Statements } from './statements.ts';
import { WriteQueue, type WriteQueueLimits } from './write-queue.ts';
import { Writer } from './writer.ts';

/** Who measures a store. */
export interface StoreTimings {
  /** A read took so long, in which nothing else ran. */
  read(durationMs: number): void;
  /** Does a write and measures it, waiting and all. */
  write<T>(work: () => Promise<T>): Promise<T>;
}

const defaultLimits: WriteQueueLimits = { waitingJobs: 10_000, jobDurationMs: 15_000 };

/** Opens the embedded database, after making it or bringing it up to the newest schema. */
export async function openStore({
  file,
  clock,
  limits = defaultLimits,
  timings,
}: {
  /** Made if missing, its folder too. */
  file: string;
  clock: Clock;
  limits?: WriteQueueLimits;
  /** Left out: nobody wants to know. */
  timings?: StoreTimings;
}): Promise<Store> {
  await createDatabaseFile(file);
  const migrating = openForWriting(file);
  try {
    migrate(migrating, migrations, clock.now());
  } finally {
    migrating.close();
  }

  const death = Promise.withResolvers<Error>();
  let end: Error | undefined;
  const writer = new Writer(file, (cause) => {
    end = cause;
    queue.fail(cause);
    death.resolve(cause);
  });
  const queue = new WriteQueue((sql, parameters) => writer.run(sql, parameters), limits);
  try {
    // An empty transaction shows that the thread is up and can write.
    await queue.write(async () => {});
  } catch (error) {
    await writer.close();
    throw error;
  }
  const reading = openForReading(file);
  const statements = new Statements(reading);
  const db = kyselyOver(async (sql, parameters) => {
    if (end !== undefined) throw end;
    if (timings === undefined) return statements.run(sql, parameters);
    const begunMs = performance.now();
    try {
      return statements.run(sql, parameters);
    } finally {
      timings.read(performance.now() - begunMs);
    }
  });

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    end ??= new Error('The store is closed');
    await queue.close();
    reading.close();
    await writer.close();
  }
  return {
    db,
    write: (work) => (timings === undefined ? queue.write(work) : timings.write(() => queue.write(work))),
    died: death.promise,
    close: () => (closed ??= close()),
  };
}

import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** What a query starts from: the read connection or the transaction of a write. */
export type Database = Kysely<Tables>;

/** The server's memory. Whatever the engine, everything is asynchronous and a write is durable when it resolves. */
export interface Store {
  /** Reads, on a connection of its own: sees committed rows only and never waits for a write. */
  readonly db: Database;

  /**
   * Runs `work` as one transaction and resolves with its result once it is durable.
   *
   * Jobs run one after the other, so each sees the rows as though it were alone. A job that throws takes back its own
   * statements only and rejects with what it threw. `work` may do nothing but SQL on `trx`: everybody else waits for it,
   * and a job that takes too long is taken back. A job must not wait for another `write`.
   *
   * @throws ServiceUnavailable when too many jobs wait already, and for a job that takes too long
   */
  write<T>(work: (trx: Database) => Promise<T>): Promise<T>;

  /** Resolves with the cause if the store dies by itself; it then rejects everything. Pending for ever otherwise. */
  readonly died: Promise<Error>;

  /** Finishes the writes under way and lets go of the files. New writes are rejected at once. */
  close(): Promise<void>;
}

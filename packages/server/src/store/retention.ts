import type { Logger } from 'pino';
import type { AlarmClock } from '../clock.ts';
import { Repetition } from '../repetition.ts';
import type { Database, Store } from './store.ts';

const INTERVAL_MS = 60 * 60 * 1_000;

export interface RetentionOptions {
  readonly store: Store;
  readonly clock: AlarmClock;
  readonly logger: Logger;
  /** For the log: "old history". */
  readonly what: string;
  readonly keepMs: number;
  /** Removes a portion of what is older, so that nobody waits long for the store. Resolves with the number of rows; 0 is the end. */
  readonly deleteBefore: (trx: Database, time: Date) => Promise<number>;
}

/** Removes what has been kept long enough: at the start, then every hour. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #repetition: Repetition;
  #closed = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#repetition = new Repetition({ clock: options.clock, intervalMs: INTERVAL_MS, work: () => this.#sweep() });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#repetition.close();
  }

  async #sweep(): Promise<void> {
    const { store, clock, logger, what, keepMs, deleteBefore } = this.#options;
    const oldest = new Date(clock.now().getTime() - keepMs);
    try {
      while (!this.#closed && (await store.write((trx) => deleteBefore(trx, oldest))) > 0);
    } catch (error) {
      if (!this.#closed) logger.error({ err: error }, `${what} could not be removed`);
    }
  }
}

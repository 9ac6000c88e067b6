import type { Logger } from 'pino';
import type { Alarm, AlarmClock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import { deleteHistoryBefore } from './history.ts';

const INTERVAL_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Removes the history of sessions that ended long ago: at the start, then every hour. */
export class HistoryRetention {
  readonly #options: { store: Store; clock: AlarmClock; logger: Logger; days: number };
  #alarm: Alarm | undefined;
  #sweep: Promise<void>;
  #closed = false;

  constructor(options: { store: Store; clock: AlarmClock; logger: Logger; days: number }) {
    this.#options = options;
    this.#sweep = this.#run();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#alarm?.cancel();
    await this.#sweep;
  }

  async #run(): Promise<void> {
    const { store, clock, logger, days } = this.#options;
    const oldest = new Date(clock.now().getTime() - days * DAY_MS);
    try {
      // A portion at a time, so that nobody waits long for the store.
      while (!this.#closed && (await store.write((trx) => deleteHistoryBefore(trx, oldest))) > 0);
    } catch (error) {
      if (!this.#closed) logger.error({ err: error }, 'old history could not be removed');
    }
    if (this.#closed) return;
    this.#alarm = clock.setAlarm(INTERVAL_MS, () => {
      this.#sweep = this.#run();
    });
  }
}

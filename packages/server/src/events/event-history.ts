import type { Logger } from 'pino';
import type { Store } from '../store/store.ts';
import { deleteOldEvents, newestEventSeq } from './event-table.ts';
import type { Outbox } from './outbox.ts';

/** Events that are removed at a time: everybody else waits meanwhile. */
const PORTION = 1_000;

/** Keeps the newest events, for those who follow the stream, and removes older ones that nobody waits for. */
export class EventHistory {
  readonly #store: Store;
  readonly #outbox: Outbox;
  readonly #logger: Logger;
  readonly #eventsKept: number;
  /** All that could go up to here has gone. */
  #sweptUpTo = 0;
  #sweep: Promise<void>;
  #closed = false;

  constructor(parts: { store: Store; outbox: Outbox; logger: Logger; eventsKept: number }) {
    this.#store = parts.store;
    this.#outbox = parts.outbox;
    this.#logger = parts.logger;
    this.#eventsKept = parts.eventsKept;
    this.#outbox.on('changed', this.#sweepLater);
    this.#sweep = this.#run();
  }

  /** Resolves when what could go has gone. */
  async settled(): Promise<void> {
    await this.#sweep;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#outbox.off('changed', this.#sweepLater);
    await this.#sweep;
  }

  readonly #sweepLater = (): void => {
    this.#sweep = this.#sweep.then(() => this.#run());
  };

  async #run(): Promise<void> {
    try {
      const upTo = (await newestEventSeq(this.#store.db)) - this.#eventsKept;
      if (upTo < this.#sweptUpTo + PORTION) return;
      const portion = { after: this.#sweptUpTo, upTo, limit: PORTION };
      while (!this.#closed && (await this.#store.write((trx) => deleteOldEvents(trx, portion))) === PORTION);
      this.#sweptUpTo = upTo;
    } catch (error) {
      if (!this.#closed) this.#logger.error({ err: error }, 'old events could not be removed');
    }
  }
}

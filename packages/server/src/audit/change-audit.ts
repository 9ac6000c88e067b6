import type { Logger } from 'pino';
import { type AccessChange, markAudited, unauditedChanges } from '../access/access-change.ts';
import type { AlarmClock } from '../clock.ts';
import { Repetition } from '../repetition.ts';
import type { Store } from '../store/store.ts';

const intervalMs = 1_000;
const changesAtOnce = 100;

export type ChangeAuditOptions = {
  store: Store;
  clock: AlarmClock;
  logger: Logger;
  /** Writes one down. */
  append: (change: AccessChange) => void;
};

/**
 * Brings changes of users, keys and policies to the audit log, within a second, in their order. Programs beside the server make
 * them, and note them in the store: those that nobody has written down yet, from before the start too.
 */
export class ChangeAudit {
  readonly #options: ChangeAuditOptions;
  readonly #repetition: Repetition;
  #failing = false;

  constructor(options: ChangeAuditOptions) {
    this.#options = options;
    this.#repetition = new Repetition({ clock: options.clock, intervalMs, work: () => this.#appendAll() });
  }

  /** Brings the last ones. */
  async close(): Promise<void> {
    await this.#repetition.close();
    await this.#appendAll();
  }

  async #appendAll(): Promise<void> {
    try {
      while (await this.#append());
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) {
        this.#options.logger.error({ err: error }, 'changes of users could not be brought to the audit log');
      }
      this.#failing = true;
    }
  }

  /** @returns whether there may be more */
  async #append(): Promise<boolean> {
    const { store, append } = this.#options;
    const changes = await unauditedChanges(store.db, changesAtOnce);
    const last = changes.at(-1);
    if (last === undefined) return false;
    for (const change of changes) append(change);
    await store.write((trx) => markAudited(trx, last.seq));
    return changes.length === changesAtOnce;
  }
}

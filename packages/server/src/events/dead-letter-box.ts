import type { Database } from '../store/store.ts';
import { bury, deleteOldestDeadLetters } from './dead-letter-table.ts';
import type { OutboxLimits } from './outbox-limits.ts';

/** Dead letters that are removed at a time: everybody else waits meanwhile. */
const PORTION = 2_000;

/** A pending delivery that is given up. */
export type Burial = { readonly seq: number; readonly reason: string };

/**
 * Where the deliveries to one target end that were given up. The oldest ones beyond a number are dropped, not one by one:
 * to find them is to walk past all that are kept, so there may be a hundredth more for a while.
 */
export class DeadLetterBox {
  readonly #target: string;
  readonly #limits: Pick<OutboxLimits, 'deadLetters' | 'eventsKept'>;
  /** Buried since it was last seen that there are not too many. */
  #unchecked = Number.POSITIVE_INFINITY;

  constructor(target: string, limits: Pick<OutboxLimits, 'deadLetters' | 'eventsKept'>) {
    this.#target = target;
    this.#limits = limits;
  }

  /** @returns how many were pending still, and how many older ones were dropped */
  async bury(trx: Database, burials: readonly Burial[], now: Date): Promise<{ buried: number; dropped: number }> {
    let buried = 0;
    for (const [reason, group] of Map.groupBy(burials, (each) => each.reason)) {
      const seqs = group.map(({ seq }) => seq);
      buried += await bury(trx, { seqs, reason, now });
    }
    this.#unchecked += buried;
    const { deadLetters } = this.#limits;
    if (this.#unchecked < deadLetters / 100) return { buried, dropped: 0 };
    const dropped = await deleteOldestDeadLetters(trx, this.#target, { ...this.#limits, limit: PORTION });
    if (dropped < PORTION) this.#unchecked = 0;
    return { buried, dropped };
  }
}

import type { Logger } from 'pino';
import type { Alarm, AlarmClock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import { DeadLetterBox } from './dead-letter-box.ts';
import { listOldestPending, listPending, listPendingTargets } from './delivery-table.ts';
import { EventHistory } from './event-history.ts';
import type { EventTarget } from './event-target.ts';
import type { Outbox } from './outbox.ts';
import type { OutboxLimits } from './outbox-limits.ts';
import { TargetQueue } from './target-queue.ts';

/** Deliveries that are read, or put away, at a time. */
const PORTION = 1_000;
/** Requests under way may go on for so long when the server ends. */
const GRACE_MS = 1_000;
const RETRY_MS = 1_000;

export interface DispatcherParts {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly targets: readonly EventTarget[];
  readonly clock: AlarmClock;
  readonly logger: Logger;
  readonly limits: OutboxLimits;
  /** From 0 up to 1. */
  readonly random?: () => number;
}

/** Takes what stands in the outbox to the targets, each of which has a queue of its own. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #queues: ReadonlyMap<string, TargetQueue>;
  readonly #history: EventHistory;
  /** The newest delivery that is in a queue. */
  #readUpTo = 0;
  #reading: Promise<void> = Promise.resolve();
  /** Runs after a failure. */
  #retry: Alarm | undefined;
  #closed = false;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    const { store, outbox, clock, logger, limits, random = Math.random } = parts;
    this.#queues = new Map(
      parts.targets.map((target) => [target.name, new TargetQueue(target, { store, clock, logger, limits, random })]),
    );
    this.#history = new EventHistory({ store, outbox, logger, eventsKept: limits.eventsKept });
  }

  /** Deliveries that wait or are under way, to all targets. */
  get pending(): number {
    return this.#queues.values().reduce((sum, { size }) => sum + size, 0);
  }

  /** The same for each target. */
  get pendingByTarget(): ReadonlyMap<string, number> {
    return new Map(this.#queues.entries().map(([target, { size }]) => [target, size]));
  }

  /** Goes on with what an earlier run has left. What is for targets that are gone becomes dead letters. */
  async start(): Promise<void> {
    const { store, outbox } = this.#parts;
    for (const target of await listPendingTargets(store.db)) {
      if (!this.#queues.has(target)) await this.#buryAll(target);
    }
    outbox.on('changed', this.#readLater);
    this.#readLater();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    this.#parts.outbox.off('changed', this.#readLater);
    await this.#reading;
    await Promise.all(Array.from(this.#queues.values(), (queue) => queue.close(GRACE_MS)));
    await this.#history.close();
  }

  async #buryAll(target: string): Promise<void> {
    const { store, clock, logger, limits } = this.#parts;
    const deadLetters = new DeadLetterBox(target, limits);
    const reason = 'There is no target of this name any more';
    let events = 0;
    for (;;) {
      const rows = await listOldestPending(store.db, target, PORTION);
      if (rows.length === 0) break;
      const burials = rows.map(({ seq }) => ({ seq, reason }));
      const { buried } = await store.write((trx) => deadLetters.bury(trx, burials, clock.now()));
      events += buried;
    }
    logger.warn({ target, events }, 'events for a target that is gone became dead letters');
  }

  readonly #readLater = (): void => {
    this.#reading = this.#reading.then(() => this.#read());
  };

  async #read(): Promise<void> {
    try {
      let rows: Awaited<ReturnType<typeof listPending>>;
      let failures: unknown[];
      do {
        rows = await listPending(this.#parts.store.db, this.#readUpTo, PORTION);
        for (const { seq, target, resourceArn } of rows) {
          this.#queues.get(target)?.add({ seq, resourceArn });
          this.#readUpTo = seq;
        }
        for (const queue of this.#queues.values()) queue.send();
        failures = await this.#trim();
      } while (rows.length === PORTION && !this.#closed);
      if (failures.length > 0) throw new AggregateError(failures, 'a backlog that is too long could not be put away');
    } catch (error) {
      if (!this.#closed) this.#readAgain(error);
    }
  }

  /** Each queue, whatever becomes of the others. @returns what went wrong */
  async #trim(): Promise<unknown[]> {
    const trims = await Promise.allSettled(Array.from(this.#queues.values(), (queue) => queue.trim()));
    return trims.flatMap((trim) => (trim.status === 'rejected' ? [trim.reason] : []));
  }

  #readAgain(error: unknown): void {
    const { logger, clock } = this.#parts;
    logger.error({ err: error }, 'the outbox could not be worked off');
    this.#retry ??= clock.setAlarm(RETRY_MS, () => {
      this.#retry = undefined;
      this.#readLater();
    });
  }
}

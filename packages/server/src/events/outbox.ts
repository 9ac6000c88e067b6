import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import type { Alarm, AlarmClock } from '../clock.ts';
import type { Database, Store } from '../store/store.ts';
import { insertDeliveries } from './delivery-table.ts';
import { toEnvelope } from './event-envelope.ts';
import type { EventFilter } from './event-pattern.ts';
import { insertEvent } from './event-table.ts';
import type { EventLog, ServiceEvent } from './service-event.ts';

/** A target's name, and which events it is to get. */
export interface Subscription {
  readonly target: string;
  readonly wants: EventFilter;
}

export interface OutboxEvents {
  /** Something is new, and durable by now. */
  changed: [];
}

const RETRY_MS = 1_000;

/** Where events are written down, each with a delivery for every target that wants it. */
export class Outbox extends EventEmitter<OutboxEvents> implements EventLog {
  readonly #store: Store;
  readonly #clock: AlarmClock;
  readonly #logger: Logger;
  readonly #subscriptions: readonly Subscription[];
  readonly #createId: () => string;
  /** Set from a change until it is told. */
  #telling = false;
  /** Runs after the store had no room. */
  #retry: Alarm | undefined;
  #closed = false;

  constructor({
    store,
    clock,
    logger,
    subscriptions,
    createId = randomUUID,
  }: {
    store: Store;
    clock: AlarmClock;
    logger: Logger;
    subscriptions: readonly Subscription[];
    createId?: () => string;
  }) {
    super();
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
    this.#subscriptions = subscriptions;
    this.#createId = createId;
  }

  /** Names of all targets. */
  get targets(): readonly string[] {
    return this.#subscriptions.map(({ target }) => target);
  }

  async record(trx: Database, ...events: ServiceEvent[]): Promise<void> {
    for (const event of events) {
      const envelope = toEnvelope(event, this.#createId());
      const eventSeq = await insertEvent(trx, envelope);
      const { scope, resourceArn } = event;
      const queuedTime = this.#clock.now();
      const wanting = this.#subscriptions.filter(({ wants }) => wants(envelope));
      await insertDeliveries(
        trx,
        wanting.map(({ target }) => ({ eventSeq, target, scope, resourceArn, queuedTime })),
      );
    }
    this.tell();
  }

  /** Emits `changed` as soon as what the running transaction has written is durable. */
  tell(): void {
    if (this.#telling || this.#retry || this.#closed) return;
    this.#telling = true;
    // Writes are done one after the other: this one, which is empty, comes after the running one.
    this.#store
      .write(async () => {})
      .then(
        () => {
          this.#telling = false;
          this.emit('changed');
        },
        (error) => this.#tellAgain(error),
      );
  }

  /** Whatever is recorded from now on is told at the next start. */
  close(): void {
    this.#closed = true;
    this.#retry?.cancel();
  }

  #tellAgain(error: unknown): void {
    this.#telling = false;
    if (this.#closed) return;
    this.#logger.warn({ err: error }, 'new events wait for the store');
    this.#retry = this.#clock.setAlarm(RETRY_MS, () => {
      this.#retry = undefined;
      this.tell();
    });
  }
}

import type { Logger } from 'pino';
import type { Alarm, AlarmClock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import { bury } from './dead-letter-table.ts';
import {
  deleteDeliveries,
  listOldestPending,
  type OldPendingDelivery,
  type ReadDelivery,
  readPending,
} from './delivery-table.ts';
import type { EventTarget, Outcome } from './event-target.ts';
import { type Lane, Lanes } from './lanes.ts';
import { type OutboxLimits, retryDelayMs } from './outbox-limits.ts';

export interface TargetQueueParts {
  readonly store: Store;
  readonly clock: AlarmClock;
  readonly logger: Logger;
  readonly limits: OutboxLimits;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** A delivery after an attempt: come to its end, or to be tried again. */
type Attempt = { readonly delivery: ReadDelivery; readonly outcome: Outcome };
type End = 'delivered' | { readonly dead: string };

/** Deliveries that are looked at together when old ones are put away. */
const PORTION = 1_000;
const MS_PER_HOUR = 60 * 60 * 1_000;

/**
 * How the events get to one target. Those of one resource go out one after the other, the next one when the end of the one
 * before is durable; resources do not wait for each other. What fails is tried again later, what is refused becomes a dead
 * letter. When nothing of a request came through the target is taken to be out, and is tried by one request at a time.
 */
export class TargetQueue {
  readonly #target: EventTarget;
  readonly #parts: TargetQueueParts;
  readonly #logger: Logger;
  readonly #lanes = new Lanes();
  /** Of lanes that wait for their next attempt. */
  readonly #alarms = new Map<Lane, Alarm>();
  readonly #requests = new Set<Promise<void>>();
  /** First deliveries of the lanes that are under way. */
  readonly #underWay = new Set<number>();
  readonly #abort = new AbortController();
  /** Requests in a row of which nothing came through. */
  #failures = 0;
  /** Runs while the target is left alone. */
  #pause: Alarm | undefined;
  #closed = false;

  constructor(target: EventTarget, parts: TargetQueueParts) {
    this.#target = target;
    this.#parts = parts;
    this.#logger = parts.logger.child({ target: target.name });
  }

  /** Deliveries that wait or are under way. */
  get size(): number {
    return this.#lanes.size;
  }

  /** To be called in the order of row numbers, and `send` afterwards. */
  add({ seq, resourceArn }: { seq: number; resourceArn: string }): void {
    this.#lanes.add(seq, resourceArn);
  }

  /** Sends what may go now. */
  send(): void {
    while (this.#mayRequest()) {
      const lanes = this.#lanes.take(this.#target.batchSize);
      const request = this.#request(lanes).finally(() => {
        this.#requests.delete(request);
        this.send();
      });
      this.#requests.add(request);
    }
  }

  /** Puts away the oldest of what is more than may wait. */
  async trim(): Promise<void> {
    const { backlog } = this.#parts.limits;
    const surplus = (rows: OldPendingDelivery[]) => rows.slice(0, Math.max(0, this.#lanes.size - backlog));
    await this.#putAway(surplus, `More than ${backlog} events waited for the target`);
  }

  /** What is pending stays for the next start. @param graceMs how long requests under way may go on */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    this.#pause?.cancel();
    for (const alarm of this.#alarms.values()) alarm.cancel();
    const timer = setTimeout(() => this.#abort.abort(), graceMs);
    await Promise.all(this.#requests);
    clearTimeout(timer);
    this.#target.close();
  }

  #mayRequest(): boolean {
    if (this.#closed || this.#pause || !this.#lanes.hasReady) return false;
    return this.#requests.size < (this.#failures > 0 ? 1 : this.#parts.limits.requests);
  }

  async #request(lanes: readonly Lane[]): Promise<void> {
    const seqs = lanes.flatMap(({ seqs: [first] }) => first ?? []);
    for (const seq of seqs) this.#underWay.add(seq);
    try {
      const attempts = await this.#attempt(seqs);
      const again = await this.#writeDown(attempts);
      this.#judgeTarget(attempts);
      for (const lane of lanes) {
        const [first] = lane.seqs;
        if (first !== undefined && again.has(first)) this.#tryAgainLater(lane);
        else this.#goOn(lane);
      }
      if (attempts.some(({ outcome, delivery }) => isFailed(outcome) && this.#isTooOld(delivery))) await this.#expire();
    } catch (error) {
      if (!this.#closed) this.#logger.error({ err: error }, 'what became of events was not written down');
      for (const lane of lanes) this.#tryAgainLater(lane);
    } finally {
      for (const seq of seqs) this.#underWay.delete(seq);
    }
  }

  async #attempt(seqs: readonly number[]): Promise<Attempt[]> {
    const deliveries = await readPending(this.#parts.store.db, seqs);
    if (deliveries.length === 0) return [];
    const events = deliveries.map(({ event }) => event);
    const outcomes = await this.#target.deliver(events, this.#abort.signal);
    return deliveries.map((delivery, index) => ({ delivery, outcome: outcomes[index] ?? { failed: 'No answer' } }));
  }

  /** Resolves, when it is durable, with the row numbers of what is to be tried again. */
  async #writeDown(attempts: readonly Attempt[]): Promise<ReadonlySet<number>> {
    const { store, clock, limits } = this.#parts;
    const { name: target } = this.#target;
    const delivered: number[] = [];
    const dead: { seq: number; id: string; reason: string }[] = [];
    const again = new Set<number>();
    for (const attempt of attempts) {
      const end = this.#endOf(attempt);
      const { seq, event } = attempt.delivery;
      if (end === undefined) again.add(seq);
      else if (end === 'delivered') delivered.push(seq);
      else dead.push({ seq, id: event.id, reason: end.dead });
    }
    if (delivered.length + dead.length === 0) return again;
    await store.write(async (trx) => {
      if (delivered.length > 0) await deleteDeliveries(trx, delivered, limits.eventsKept);
      for (const { seq, reason } of dead) await bury(trx, { target, seqs: [seq], reason, now: clock.now() }, limits);
    });
    for (const { id, reason } of dead) this.#logger.warn({ eventId: id, reason }, 'an event became a dead letter');
    return again;
  }

  /** Undefined for what is to be tried again. */
  #endOf({ delivery, outcome }: Attempt): End | undefined {
    if (outcome === 'delivered') return outcome;
    if ('refused' in outcome) return { dead: outcome.refused };
    return this.#isTooOld(delivery) ? { dead: `${outcome.failed}; ${this.#givenUp()}` } : undefined;
  }

  #isTooOld({ queuedTime }: { queuedTime: Date }): boolean {
    const { clock, limits } = this.#parts;
    return clock.now().getTime() - queuedTime.getTime() >= limits.retryMs;
  }

  #givenUp(): string {
    return `given up after ${this.#parts.limits.retryMs / MS_PER_HOUR} hours`;
  }

  /** Leaves the target alone for a while when nothing comes through, and no longer when something does. */
  #judgeTarget(attempts: readonly Attempt[]): void {
    if (attempts.length === 0 || this.#closed) return;
    const failures = attempts.map(({ outcome }) => outcome).filter(isFailed);
    if (failures.length < attempts.length) {
      if (this.#failures > 0) this.#logger.info('events get through to the target again');
      this.#failures = 0;
      this.#pause?.cancel();
      this.#pause = undefined;
    } else if (!this.#pause) {
      // Requests that were under way together count as one.
      this.#failures += 1;
      if (this.#failures === 1)
        this.#logger.warn({ reason: failures[0]?.failed }, 'events do not get through to the target');
      this.#pause = this.#parts.clock.setAlarm(this.#delayMs(this.#failures), () => {
        this.#pause = undefined;
        this.send();
      });
    }
  }

  #goOn(lane: Lane): void {
    const [first] = lane.seqs;
    if (first !== undefined) this.#lanes.remove(first, lane.resourceArn);
    lane.failures = 0;
    this.#lanes.letGo(lane);
  }

  #tryAgainLater(lane: Lane): void {
    if (this.#closed) return;
    lane.failures += 1;
    const alarm = this.#parts.clock.setAlarm(this.#delayMs(lane.failures), () => {
      this.#alarms.delete(lane);
      this.#lanes.letGo(lane);
      this.send();
    });
    this.#alarms.set(lane, alarm);
  }

  #delayMs(failures: number): number {
    return retryDelayMs(failures, this.#parts.limits, this.#parts.random);
  }

  /** Puts away what is too old to be tried once more. */
  async #expire(): Promise<void> {
    await this.#putAway((rows) => rows.filter((row) => this.#isTooOld(row)), this.#givenUp());
  }

  /** Makes dead letters of some of the oldest deliveries, portion by portion, until none of those looked at is chosen. */
  async #putAway(choose: (rows: OldPendingDelivery[]) => OldPendingDelivery[], reason: string): Promise<void> {
    const { store, clock, limits } = this.#parts;
    const { name: target } = this.#target;
    let chosen: OldPendingDelivery[];
    do {
      const rows = await listOldestPending(store.db, target, PORTION);
      chosen = choose(rows.filter(({ seq }) => !this.#underWay.has(seq)));
      const seqs = chosen.map(({ seq }) => seq);
      if (seqs.length === 0) return;
      const dropped = await store.write((trx) => bury(trx, { target, seqs, reason, now: clock.now() }, limits));
      for (const { seq, resourceArn } of chosen) this.#lanes.remove(seq, resourceArn);
      this.#logger.warn({ events: seqs.length, dropped, reason }, 'events became dead letters');
    } while (chosen.length > 0 && !this.#closed);
  }
}

function isFailed(outcome: Outcome): outcome is { readonly failed: string } {
  return outcome !== 'delivered' && 'failed' in outcome;
}

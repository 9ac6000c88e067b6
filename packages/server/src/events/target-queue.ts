import type { Logger } from 'pino';
import type { Alarm, AlarmClock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import { type Burial, DeadLetterBox } from './dead-letter-box.ts';
import {
  deleteDeliveries,
  listOldestPending,
  type OldPendingDelivery,
  type ReadDelivery,
  readPending,
} from './delivery-table.ts';
import type { EventTarget, Outcome } from './event-target.ts';
import type { Lane } from './lane.ts';
import { Lanes, type Turn } from './lanes.ts';
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
type Choose = (rows: readonly OldPendingDelivery[]) => readonly OldPendingDelivery[];

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
  readonly #deadLetters: DeadLetterBox;
  readonly #lanes = new Lanes();
  /** Of lanes that wait for their next attempt. */
  readonly #alarms = new Map<Lane, Alarm>();
  readonly #requests = new Set<Promise<void>>();
  /** First deliveries of the lanes that are under way. */
  readonly #underWay = new Set<number>();
  #puttingAway: Promise<void> = Promise.resolve();
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
    this.#deadLetters = new DeadLetterBox(target.name, parts.limits);
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
      const turns = this.#lanes.take(this.#target.batchSize);
      const request = this.#request(turns).finally(() => {
        this.#requests.delete(request);
        this.send();
      });
      this.#requests.add(request);
    }
  }

  /** Puts away the oldest of what is more than may wait. */
  async trim(): Promise<void> {
    const { backlog } = this.#parts.limits;
    const surplus: Choose = (rows) => rows.slice(0, Math.max(0, this.#lanes.size - backlog));
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

  async #request(turns: readonly Turn[]): Promise<void> {
    const attempts = await this.#settle(turns);
    if (!attempts.some(({ outcome, delivery }) => isFailed(outcome) && this.#isTooOld(delivery))) return;
    try {
      await this.#expire();
    } catch (error) {
      if (!this.#closed) this.#logger.error({ err: error }, 'events that are too old were not put away');
    }
  }

  /** Tries to deliver, and lets the lanes go. Resolves with what became of it; with nothing when that is not written down. */
  async #settle(turns: readonly Turn[]): Promise<readonly Attempt[]> {
    const seqs = turns.map(({ seq }) => seq);
    for (const seq of seqs) this.#underWay.add(seq);
    try {
      const attempts = await this.#attempt(seqs);
      const again = await this.#writeDown(attempts);
      this.#judgeTarget(attempts);
      for (const turn of turns) {
        if (again.has(turn.seq)) this.#tryAgainLater(turn.lane);
        else this.#goOn(turn);
      }
      return attempts;
    } catch (error) {
      if (!this.#closed) this.#logger.error({ err: error }, 'what became of events was not written down');
      for (const { lane } of turns) this.#tryAgainLater(lane);
      return [];
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
    const delivered: number[] = [];
    const dead: (Burial & { id: string })[] = [];
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
      if (dead.length > 0) await this.#deadLetters.bury(trx, dead, clock.now());
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

  #goOn({ lane, seq }: Turn): void {
    this.#lanes.remove(lane, new Set([seq]));
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

  /** One after the other: what is put away counts no more for the next. */
  #putAway(choose: Choose, reason: string): Promise<void> {
    const work = () => this.#putAwayPortions(choose, reason);
    this.#puttingAway = this.#puttingAway.then(work, work);
    return this.#puttingAway;
  }

  /** Makes dead letters of some of the oldest deliveries, portion by portion, until none of those looked at is chosen. */
  async #putAwayPortions(choose: Choose, reason: string): Promise<void> {
    while (!this.#closed) {
      const rows = await listOldestPending(this.#parts.store.db, this.#target.name, PORTION);
      const chosen = choose(rows.filter(({ seq }) => !this.#underWay.has(seq)));
      if (chosen.length === 0) return;
      // What is behind them must not overtake them while they are being written down.
      const lanes = this.#lanes.hold(chosen.map(({ resourceArn }) => resourceArn));
      try {
        await this.#bury(chosen, reason);
        const ended = new Set(chosen.map(({ seq }) => seq));
        for (const lane of lanes) this.#lanes.remove(lane, ended);
      } finally {
        for (const lane of lanes) this.#lanes.letGo(lane);
        this.send();
      }
    }
  }

  async #bury(deliveries: readonly OldPendingDelivery[], reason: string): Promise<void> {
    const { store, clock } = this.#parts;
    const burials = deliveries.map(({ seq }) => ({ seq, reason }));
    const { buried, dropped } = await store.write((trx) => this.#deadLetters.bury(trx, burials, clock.now()));
    this.#logger.warn({ events: buried, dropped, reason }, 'events became dead letters');
  }
}

function isFailed(outcome: Outcome): outcome is { readonly failed: string } {
  return outcome !== 'delivered' && 'failed' in outcome;
}

import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createIdentity } from '@proscenium/participant/connection';
import { GeneratorWatch } from './generator.ts';
import { Ledger, type Totals } from './ledger.ts';
import { pause, unlessAborted } from './pause.ts';
import type { LoadPlan } from './plan.ts';
import { PostSeat } from './post-seat.ts';
import { PublisherSeat } from './publisher-seat.ts';
import { bitrates, type LoadReport, losses, type Outcome, type Window, writeReport } from './report.ts';
import type { LoadSample } from './sample.ts';
import type { Seat, SeatContext } from './seat.ts';
import { SocketSeat } from './socket-seat.ts';

export interface LoadObserver {
  /** Ends the test early, in order: everybody leaves, and the report is of what was measured so far. */
  readonly signal: AbortSignal;
  /** About once a second. */
  onSample(sample: LoadSample): void;
}

const SAMPLE_INTERVAL_MS = 1_000;
/** So long repetitions may still come after the last packet. */
const SETTLE_MS = 300;
/** So many leave at once. */
const LEAVING_AT_ONCE = 50;
/** Whoever has not left by then is left to the server, which notices that he is gone. */
const LEAVE_GUARD_MS = 15_000;
const INTERRUPTED_LEAVE_GUARD_MS = 3_000;

/** Puts publishers and subscribers on a stage, and tells what came of it. Whatever goes wrong there stands in the report. */
export async function runLoad(plan: LoadPlan, observer: LoadObserver): Promise<LoadReport> {
  setMaxListeners(0, observer.signal);
  return new LoadRun(plan, { ...observer, identity: await createIdentity() }).run();
}

class LoadRun {
  readonly #plan: LoadPlan;
  readonly #observer: LoadObserver;
  readonly #ledger: Ledger;
  readonly #publishers: readonly PublisherSeat[];
  #subscribers: readonly Seat[] = [];
  readonly #context: SeatContext;
  readonly #watch = new GeneratorWatch();
  readonly #beginMs = performance.now();
  #phase: LoadSample['phase'] = 'joining';
  #phaseBeginMs = performance.now();
  #cameAgain = 0;
  #last: { readonly totals: Totals; readonly atMs: number };

  constructor(plan: LoadPlan, observer: LoadObserver & Pick<SeatContext, 'identity'>) {
    this.#plan = plan;
    this.#observer = observer;
    this.#ledger = new Ledger(plan.durationMs);
    this.#context = { plan, identity: observer.identity, ledger: this.#ledger, signal: observer.signal };
    this.#publishers = plan.publisherTokens.map((token) => new PublisherSeat(token, this.#context));
    this.#last = { totals: this.#ledger.read(), atMs: this.#beginMs };
  }

  async run(): Promise<LoadReport> {
    const timer = setInterval(() => this.#sample(), SAMPLE_INTERVAL_MS);
    try {
      await this.#joinAll(this.#publishers);
      const publishing = this.#publishers.filter(({ joined }) => joined);
      if (publishing.length > 0) await this.#joinAll(this.#seatSubscribers(publishing));
      const measured = publishing.length > 0 && !this.#aborted ? await this.#measure() : undefined;
      this.#enter('leaving');
      const interrupted = this.#aborted;
      const publishers = count(this.#publishers, this.#plan.publisherTokens.length);
      const subscribers = count(this.#subscribers, this.#plan.subscriberTokens.length);
      await this.#leaveAll();
      const totals = this.#ledger.read();
      if (totals.notAuthentic > 0) {
        this.#ledger.failures.add('receive: packets do not fit the keys', totals.notAuthentic);
      }
      return writeReport({
        interrupted,
        publishers,
        subscribers: { ...subscribers, cameAgain: this.#cameAgain },
        ledger: this.#ledger,
        totals,
        measured,
        generator: measured?.generator ?? this.#watch.read(),
      });
    } finally {
      clearInterval(timer);
      this.#watch.close();
    }
  }

  get #aborted(): boolean {
    return this.#observer.signal.aborted;
  }

  #seatSubscribers(publishers: readonly PublisherSeat[]): readonly Seat[] {
    const ids = publishers.map(({ participantId }) => participantId);
    const { subscriberTokens, subscribeBy } = this.#plan;
    const Kind = subscribeBy === 'post' ? PostSeat : SocketSeat;
    this.#subscribers = subscriberTokens.map((token) => new Kind(token, ids, this.#context));
    return this.#subscribers;
  }

  /** Settles when all have joined or failed; soon, when the test is interrupted. */
  async #joinAll(seats: readonly Seat[]): Promise<void> {
    const begin = performance.now();
    const joins: Promise<void>[] = [];
    for (const [index, seat] of seats.entries()) {
      const dueMs = begin + (1_000 * index) / this.#plan.joinsPerSecond;
      await pause(Math.max(0, dueMs - performance.now()), this.#observer.signal);
      if (this.#aborted) return;
      joins.push(seat.join());
    }
    await unlessAborted(Promise.all(joins), this.#observer.signal);
  }

  async #measure(): Promise<Window & Pick<Outcome, 'generator'>> {
    this.#watch.reset();
    this.#enter('measuring');
    const begin = this.#ledger.read();
    const beginMs = performance.now();
    const over = new AbortController();
    const churning = this.#churn(over.signal);
    await pause(this.#plan.durationMs, this.#observer.signal);
    over.abort();
    const elapsedMs = performance.now() - beginMs;
    const end = this.#ledger.read();
    const generator = this.#watch.read();
    this.#enter('leaving');
    await churning;
    // Packets that are on their way, or asked for, are not lost.
    for (const publisher of this.#publishers) publisher.pause();
    await sleep(SETTLE_MS);
    return { begin, end, elapsedMs, generator };
  }

  /** Subscribers leave and come again, one after the other in turn. */
  async #churn(over: AbortSignal): Promise<void> {
    const { churnPerSecond } = this.#plan;
    if (churnPerSecond === 0 || this.#subscribers.length === 0) return;
    const busy = new Map<Seat, Promise<void>>();
    for (let turn = 0; ; turn += 1) {
      await pause(1_000 / churnPerSecond, over);
      if (over.aborted) break;
      const seat = this.#subscribers[turn % this.#subscribers.length];
      if (!seat?.joined || busy.has(seat)) continue;
      busy.set(
        seat,
        this.#comeAgain(seat).finally(() => busy.delete(seat)),
      );
    }
    await unlessAborted(Promise.all(busy.values()), this.#observer.signal);
  }

  async #comeAgain(seat: Seat): Promise<void> {
    await seat.leave();
    await seat.join();
    if (seat.joined) this.#cameAgain += 1;
  }

  async #leaveAll(): Promise<void> {
    const left = [...this.#subscribers, ...this.#publishers];
    const work = async () => {
      for (let seat = left.shift(); seat; seat = left.shift()) await seat.leave();
    };
    const guardMs = this.#aborted ? INTERRUPTED_LEAVE_GUARD_MS : LEAVE_GUARD_MS;
    const all = Promise.all(Array.from({ length: LEAVING_AT_ONCE }, work));
    await unlessAborted(all, AbortSignal.timeout(guardMs));
  }

  #enter(phase: LoadSample['phase']): void {
    this.#phase = phase;
    this.#phaseBeginMs = performance.now();
  }

  #sample(): void {
    const now = performance.now();
    const totals = this.#ledger.read();
    const window = { begin: this.#last.totals, end: totals, elapsedMs: now - this.#last.atMs };
    this.#last = { totals, atMs: now };
    const { recentLatencyMs, failures, disconnects } = this.#ledger;
    this.#observer.onSample({
      phase: this.#phase,
      elapsedMs: now - this.#phaseBeginMs,
      publishers: count(this.#publishers, this.#plan.publisherTokens.length),
      subscribers: count(this.#subscribers, this.#plan.subscriberTokens.length),
      bitrateBps: bitrates(window),
      latencyMs: recentLatencyMs.spread ?? null,
      ...losses(totals),
      asked: totals.asked,
      failures: failures.count,
      disconnects: disconnects.count,
      cpuPercent: this.#watch.read().cpuPercent,
    });
    recentLatencyMs.clear();
  }
}

function count(seats: readonly Seat[], wanted: number): { wanted: number; joined: number } {
  return { wanted, joined: seats.filter(({ joined }) => joined).length };
}

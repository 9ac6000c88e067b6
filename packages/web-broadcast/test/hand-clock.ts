import type { Clock } from '../src/clock.ts';

/** A clock that goes on only when the test says so. */
export class HandClock implements Clock {
  #nowMs = 1_700_000_000_000;
  #works: { dueMs: number; work: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, work: () => void): () => void {
    const entry = { dueMs: this.#nowMs + delayMs, work };
    this.#works.push(entry);
    return () => {
      this.#works = this.#works.filter((other) => other !== entry);
    };
  }

  /** How much is planned. */
  get planned(): number {
    return this.#works.length;
  }

  /** Goes on by this much, running what becomes due on the way. */
  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (let next = this.#next(endMs); next; next = this.#next(endMs)) {
      this.#nowMs = next.dueMs;
      this.#run(next);
    }
    this.#nowMs = endMs;
  }

  /** As a machine that slept: all of the time passes at once, then it is woken, and what is due runs late. */
  sleep(durationMs: number, woken = () => {}): void {
    this.#nowMs += durationMs;
    woken();
    for (let next = this.#next(this.#nowMs); next; next = this.#next(this.#nowMs)) this.#run(next);
  }

  #next(untilMs: number): { dueMs: number; work: () => void } | undefined {
    const [next] = this.#works.toSorted((one, other) => one.dueMs - other.dueMs);
    return next && next.dueMs <= untilMs ? next : undefined;
  }

  #run(entry: { work: () => void }): void {
    this.#works = this.#works.filter((other) => other !== entry);
    entry.work();
  }
}

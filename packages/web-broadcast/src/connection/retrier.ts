import type { Clock } from '../clock.ts';
import { type RetryOptions, RetrySchedule } from './retry-schedule.ts';

/** A wait that ends this much later than asked for: the page was asleep meanwhile. */
const ASLEEP_MS = 5_000;

/** Waits by a retry schedule, then runs the next attempt. At most one wait at a time. */
export class Retrier {
  readonly #clock: Clock;
  readonly #schedule: RetrySchedule;
  #waiting: { readonly cancel: () => void; readonly attempt: () => void } | undefined;

  constructor(clock: Clock, options: RetryOptions) {
    this.#clock = clock;
    this.#schedule = new RetrySchedule(options);
  }

  get waiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Plans the next attempt. @returns false when it has been tried long enough */
  retry(attempt: () => void, { atLeastMs = 0 } = {}): boolean {
    this.cancel();
    const delayMs = this.#schedule.failed(this.#clock.now(), { atLeastMs });
    if (delayMs === undefined) return false;
    const dueMs = this.#clock.now() + delayMs;
    const cancel = this.#clock.after(delayMs, () => {
      this.#waiting = undefined;
      if (this.#clock.now() - dueMs > ASLEEP_MS) this.#schedule.restart();
      attempt();
    });
    this.#waiting = { cancel, attempt };
    return true;
  }

  /** Ends the wait: something tells that an attempt may work now. */
  hurry(): void {
    const waiting = this.#waiting;
    this.cancel();
    waiting?.attempt();
  }

  succeeded(): void {
    this.#schedule.succeeded(this.#clock.now());
  }

  cancel(): void {
    this.#waiting?.cancel();
    this.#waiting = undefined;
  }

  /** Cancels, and forgets what failed. */
  reset(): void {
    this.cancel();
    this.#schedule.restart();
  }
}

import type { Clock } from '../clock.ts';
import { type RetryOptions, RetrySchedule } from './retry-schedule.ts';
import { SleepWatch } from './sleep-watch.ts';

/**
 * Waits by a retry schedule, then runs the next attempt. At most one wait at a time. Time that the page slept does not
 * count, whether in a wait or in an attempt.
 */
export class Retrier {
  readonly #clock: Clock;
  readonly #schedule: RetrySchedule;
  /** Looks from the first failure until something works or it is given up. */
  readonly #sleepWatch: SleepWatch;
  #waiting: { readonly cancel: () => void; readonly attempt: () => void } | undefined;

  constructor(clock: Clock, options: RetryOptions) {
    this.#clock = clock;
    this.#schedule = new RetrySchedule(options);
    this.#sleepWatch = new SleepWatch(clock, () => this.#schedule.restart());
  }

  get waiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Plans the next attempt. @returns false when it has been tried long enough */
  retry(attempt: () => void, { atLeastMs = 0 } = {}): boolean {
    this.cancel();
    this.#sleepWatch.look();
    const delayMs = this.#schedule.failed(this.#clock.now(), { atLeastMs });
    if (delayMs === undefined) {
      this.#sleepWatch.stop();
      return false;
    }
    const cancel = this.#clock.after(delayMs, () => this.hurry());
    this.#waiting = { cancel, attempt };
    return true;
  }

  /** Ends the wait: something tells that an attempt may work now. */
  hurry(): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    this.cancel();
    this.#sleepWatch.look();
    waiting.attempt();
  }

  succeeded(): void {
    this.#sleepWatch.stop();
    this.#schedule.succeeded(this.#clock.now());
  }

  /** Ends the wait without an attempt. */
  cancel(): void {
    this.#waiting?.cancel();
    this.#waiting = undefined;
  }

  /** Cancels, and forgets what failed. */
  reset(): void {
    this.cancel();
    this.#sleepWatch.stop();
    this.#schedule.restart();
  }
}

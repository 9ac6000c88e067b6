import type { Clock } from '../clock.ts';

const LOOK_INTERVAL_MS = 1_000;
/** A look that comes this much later than it was to: the page was asleep meanwhile. */
const ASLEEP_MS = 5_000;

/** Notices that the page was asleep (the machine, or the page alone): its timers stood still, and the clock went on. */
export class SleepWatch {
  readonly #clock: Clock;
  readonly #slept: () => void;
  #lookedAtMs: number | undefined;
  #cancelLook = (): void => {};

  /** @param slept called with the first look after a sleep */
  constructor(clock: Clock, slept: () => void) {
    this.#clock = clock;
    this.#slept = slept;
  }

  /** Looks now, as what wakes a page may come before its timers, and then again and again until it is stopped. */
  look(): void {
    const nowMs = this.#clock.now();
    const sinceMs = nowMs - (this.#lookedAtMs ?? nowMs);
    this.#cancelLook();
    this.#lookedAtMs = nowMs;
    this.#cancelLook = this.#clock.after(LOOK_INTERVAL_MS, () => this.look());
    if (sinceMs > LOOK_INTERVAL_MS + ASLEEP_MS) this.#slept();
  }

  stop(): void {
    this.#cancelLook();
    this.#lookedAtMs = undefined;
  }
}

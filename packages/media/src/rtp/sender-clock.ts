/** A clock that was set, rather than one that drifts. */
const JUMP_MS = 2_000;
/** Ways become longer, and clocks drift, by less from one report to the next. */
const MAXIMUM_RISE_MS = 1;

/**
 * How far our clock is ahead of one sender's wall clock, the fastest way from there included. The streams of a sender share
 * it: what they sent at one time of his comes to one time of ours.
 */
export class SenderClock {
  #offsetMs: number | undefined;

  /** Takes a report's wall clock, and tells what to add to it. */
  observe(wallClockMs: number, arrivalMs: number): number {
    const seenMs = arrivalMs - wallClockMs;
    if (this.#offsetMs === undefined || Math.abs(seenMs - this.#offsetMs) > JUMP_MS) this.#offsetMs = seenMs;
    else this.#offsetMs = Math.min(seenMs, this.#offsetMs + MAXIMUM_RISE_MS);
    return this.#offsetMs;
  }

  /** The sender's wall clock at a time of ours, in milliseconds since 1970; undefined before the first report. */
  wallClockMs(timeMs: number): number | undefined {
    return this.#offsetMs === undefined ? undefined : timeMs - this.#offsetMs;
  }
}

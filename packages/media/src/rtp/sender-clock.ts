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
  #era = 0;

  /** What to add to the sender's wall clock; 0 before the first report. */
  get offsetMs(): number {
    return this.#offsetMs ?? 0;
  }

  /** Counts how often the sender's wall clock was set: what was known of it before does not hold any more. */
  get era(): number {
    return this.#era;
  }

  /** Takes a report's wall clock. Where that is out of all proportion, it was set. */
  observe(wallClockMs: number, arrivalMs: number): void {
    const seenMs = arrivalMs - wallClockMs;
    if (this.#offsetMs !== undefined && Math.abs(seenMs - this.#offsetMs) <= JUMP_MS)
      this.confirm(wallClockMs, arrivalMs);
    else {
      this.#offsetMs = seenMs;
      this.#era += 1;
    }
  }

  /** Takes the wall clock of a report that goes on from earlier ones, however late it comes. */
  confirm(wallClockMs: number, arrivalMs: number): void {
    this.#offsetMs = Math.min(arrivalMs - wallClockMs, this.offsetMs + MAXIMUM_RISE_MS);
  }

  /** What was captured at a time of the sender's is here: reports may have taken a longer way than it. */
  limit(wallClockMs: number, arrivalMs: number): void {
    this.#offsetMs = Math.min(this.offsetMs, arrivalMs - wallClockMs);
  }

  /** The sender's wall clock at a time of ours, in milliseconds since 1970; undefined before the first report. */
  wallClockMs(timeMs: number): number | undefined {
    return this.#offsetMs === undefined ? undefined : timeMs - this.#offsetMs;
  }
}

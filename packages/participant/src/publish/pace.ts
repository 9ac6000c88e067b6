/** A source that is late by less has a short hiccup, by more it has paused: its times are joined to ours anew. */
const TOLERANCE_MS = 200;
/** A source that is ahead by more has jumped: nobody means to wait for so long. */
const MAXIMUM_AHEAD_MS = 10_000;

/** Says when the items of a source are due, so that what comes in bursts goes out evenly. Times are in milliseconds. */
export class Pace {
  /** When the next item is due that says no time; our time minus the source's. */
  #nextMs = Number.NEGATIVE_INFINITY;
  #offsetMs: number | undefined;

  /** Of an item that lasts so long and follows the one before. */
  follow(durationMs: number, nowMs: number): number {
    const dueMs = nowMs - this.#nextMs > TOLERANCE_MS ? nowMs : this.#nextMs;
    this.#nextMs = dueMs + durationMs;
    return dueMs;
  }

  /** Of an item that has a time of its own. */
  at(timeMs: number, nowMs: number): number {
    const dueMs = timeMs + (this.#offsetMs ?? Number.NaN);
    const fits = nowMs - dueMs <= TOLERANCE_MS && dueMs - nowMs <= MAXIMUM_AHEAD_MS;
    if (!fits) this.#offsetMs = nowMs - timeMs;
    return fits ? dueMs : nowMs;
  }
}

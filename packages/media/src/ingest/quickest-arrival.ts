/** How far back is looked, one half of it at least, for what came quickest. */
const WINDOW_MS = 2_000;

/**
 * The least offset of late of arrival to media time, in two halves of a window. A stall makes neither old: what
 * comes after it is late at first.
 */
export class QuickestArrival {
  #startMs = 0;
  #presentMs = Infinity;
  #previousMs = Infinity;

  add(offsetMs: number, nowMs: number): void {
    if (nowMs - this.#startMs >= WINDOW_MS / 2) {
      this.#previousMs = this.#presentMs;
      this.#presentMs = Infinity;
      this.#startMs = nowMs;
    }
    this.#presentMs = Math.min(this.#presentMs, offsetMs);
  }

  /** Infinity before anything came. */
  get offsetMs(): number {
    return Math.min(this.#previousMs, this.#presentMs);
  }
}

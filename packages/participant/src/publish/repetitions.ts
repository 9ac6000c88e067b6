/** So many packets are sent again in a second, and as many at once. */
const PACKETS_PER_SECOND = 200;
/** About a round trip: who asks again sooner cannot know yet what became of the answer. */
const INTERVAL_MS = 50;

/** Bounds what is sent again, whatever is asked for. Times are in milliseconds. */
export class Repetitions {
  /** When a packet was last sent again, by its number; the oldest first. */
  readonly #sentMs = new Map<number, number>();
  #budget = PACKETS_PER_SECOND;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Whether this packet is sent again now. */
  take(sequenceNumber: number, nowMs: number): boolean {
    const earned = ((nowMs - this.#lastMs) * PACKETS_PER_SECOND) / 1_000;
    this.#budget = Math.min(PACKETS_PER_SECOND, this.#budget + earned);
    this.#lastMs = nowMs;
    for (const [number, sentMs] of this.#sentMs) {
      if (nowMs - sentMs < INTERVAL_MS) break;
      this.#sentMs.delete(number);
    }
    if (this.#budget < 1 || this.#sentMs.has(sequenceNumber)) return false;
    this.#budget -= 1;
    this.#sentMs.set(sequenceNumber, nowMs);
    return true;
  }
}

import type { TransportFeedback } from '../rtcp/write-packets.ts';

const MAXIMUM_PACKETS = 1_000;

/** When the packets of a whole transport came, by their common number, until it is told (transport-wide feedback). */
export class Arrivals {
  readonly #times = new Map<number, number>();
  /** The next number that is to be told of; undefined before the first packet. */
  #base: number | undefined;
  #highest = 0;
  #count = 0;

  /** @param number 16 bits */
  add(number: number, nowMs: number): void {
    this.#base ??= number;
    const distance = (number - this.#base) & 0xffff;
    if (distance >= 0x8000 || this.#times.size >= MAXIMUM_PACKETS) return; // told of already, or nobody takes it away
    const extended = this.#base + distance;
    this.#times.set(extended, nowMs);
    this.#highest = Math.max(this.#highest, extended);
  }

  /** What came since the last time. */
  take(): TransportFeedback | undefined {
    if (this.#base === undefined || this.#times.size === 0) return undefined;
    const base = this.#base;
    const length = Math.min(this.#highest - base + 1, MAXIMUM_PACKETS);
    const arrivalsMs = Array.from({ length }, (_, index) => this.#times.get(base + index));
    this.#times.clear();
    this.#base = (base + length) & 0xffff;
    this.#highest = this.#base - 1;
    this.#count += 1;
    return { baseSequenceNumber: base & 0xffff, arrivalsMs, count: this.#count & 0xff };
  }
}

interface Reading {
  readonly total: number;
  readonly atMs: number;
}

/** How much a counter that is read now and then has grown a second, over a window at least. */
export class CounterAverage {
  readonly #windowMs: number;
  /** The first one is as old as the window, or there is none so old; oldest first. */
  #readings: Reading[] = [];

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /**
   * @param total since the counter began; one that is smaller than before began anew
   * @returns undefined until the window has gone by once: what began just now has no average yet
   */
  add(total: number, atMs: number): number | undefined {
    if (total < (this.#readings.at(-1)?.total ?? 0)) this.#readings = [];
    this.#readings.push({ total, atMs });
    const oldest = this.#readings.findLastIndex((reading) => atMs - reading.atMs >= this.#windowMs);
    const first = this.#readings[oldest];
    if (!first) return undefined;
    this.#readings = this.#readings.slice(oldest);
    return ((total - first.total) * 1_000) / (atMs - first.atMs);
  }
}

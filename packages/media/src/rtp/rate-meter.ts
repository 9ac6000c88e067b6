/** The window is divided so finely. */
const BUCKETS = 100;

/** How much there was a second, on average over a sliding window. Times are given, and need not be in order. */
export class RateMeter {
  readonly #bucketMs: number;
  readonly #amounts = new Float64Array(BUCKETS);
  /** Of the newest bucket, counted from time 0. */
  #newest: number | undefined;
  #firstMs = 0;

  /** @param windowMs @default 10000 */
  constructor(windowMs = 10_000) {
    this.#bucketMs = windowMs / BUCKETS;
  }

  /** What comes later than the whole window counts no more. */
  add(amount: number, atMs: number): void {
    if (this.#newest === undefined) this.#firstMs = atMs;
    const bucket = this.#advance(atMs);
    if (bucket > (this.#newest ?? 0) - BUCKETS) {
      const slot = this.#slot(bucket);
      this.#amounts[slot] = (this.#amounts[slot] ?? 0) + amount;
    }
  }

  /** Undefined until the window has gone by once: what began just now has no average yet. */
  perSecond(nowMs: number): number | undefined {
    if (this.#newest === undefined || nowMs - this.#firstMs < this.#bucketMs * BUCKETS) return undefined;
    this.#advance(nowMs);
    const total = this.#amounts.reduce((sum, amount) => sum + amount, 0);
    return (total * 1_000) / (this.#bucketMs * BUCKETS);
  }

  #advance(atMs: number): number {
    const bucket = Math.floor(atMs / this.#bucketMs);
    const newest = this.#newest ?? bucket;
    const passed = Math.min(BUCKETS, bucket - newest);
    for (let step = 1; step <= passed; step += 1) this.#amounts[this.#slot(newest + step)] = 0;
    if (passed === BUCKETS) this.#amounts.fill(0);
    this.#newest = Math.max(newest, bucket);
    return bucket;
  }

  #slot(bucket: number): number {
    return ((bucket % BUCKETS) + BUCKETS) % BUCKETS;
  }
}

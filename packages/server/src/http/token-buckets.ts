interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** How much a bucket holds, and what comes into it. */
export interface BucketRate {
  readonly size: number;
  readonly perSecond: number;
}

/**
 * Token buckets by name, each full at first. Beyond `maxBuckets` the one that was used longest ago is forgotten; it will be
 * full when it comes again.
 */
export class TokenBuckets {
  readonly #maxBuckets: number;
  /** The oldest use first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(maxBuckets = 10_000) {
    this.#maxBuckets = maxBuckets;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** @returns false when the bucket is empty */
  take(name: string, rate: BucketRate, now: Date): boolean {
    const bucket = fill(this.#buckets.get(name), rate, now.getTime());
    const allowed = bucket.tokens >= 1;
    if (allowed) bucket.tokens -= 1;
    this.#keep(name, bucket);
    return allowed;
  }

  /** Fills all buckets. */
  clear(): void {
    this.#buckets.clear();
  }

  #keep(name: string, bucket: Bucket): void {
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= this.#maxBuckets) return;
      this.#buckets.delete(oldest);
    }
  }
}

/** A clock that was set back brings nothing and takes nothing. */
function fill(bucket: Bucket | undefined, { size, perSecond }: BucketRate, nowMs: number): Bucket {
  if (bucket === undefined) return { tokens: size, filledAtMs: nowMs };
  const elapsedSeconds = Math.max(0, nowMs - bucket.filledAtMs) / 1000;
  return { tokens: Math.min(size, bucket.tokens + elapsedSeconds * perSecond), filledAtMs: nowMs };
}

import { type OperationName, type Scope, ThrottlingException } from '@proscenium/model';
import type { ThrottleRates } from './throttle-rates.ts';

type Bucket = { tokens: number; filledAtMs: number };

/**
 * A token bucket per account, region and operation. It holds what one second brings, at least one call.
 * Beyond `maxBuckets` the one that was used longest ago is forgotten; it will be full when it comes again.
 */
export class Throttle {
  readonly #rates: ThrottleRates;
  readonly #maxBuckets: number;
  /** The oldest use first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(rates: ThrottleRates, maxBuckets = 10_000) {
    this.#rates = rates;
    this.#maxBuckets = maxBuckets;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** @throws ThrottlingException when the bucket is empty */
  take(scope: Scope, operation: OperationName, now: Date): void {
    const name = `${scope.account}/${scope.region}/${operation}`;
    const bucket = fill(this.#buckets.get(name), this.#rates[operation], now.getTime());
    const allowed = bucket.tokens >= 1;
    if (allowed) bucket.tokens -= 1;
    this.#keep(name, bucket);
    if (!allowed) throw new ThrottlingException();
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
function fill(bucket: Bucket | undefined, ratePerSecond: number, nowMs: number): Bucket {
  const size = Math.max(1, ratePerSecond);
  if (bucket === undefined) return { tokens: size, filledAtMs: nowMs };
  const elapsedSeconds = Math.max(0, nowMs - bucket.filledAtMs) / 1000;
  return { tokens: Math.min(size, bucket.tokens + elapsedSeconds * ratePerSecond), filledAtMs: nowMs };
}

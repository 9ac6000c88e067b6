import { type OperationName, type Scope, ThrottlingException } from '@proscenium/model';
import type { ThrottleRates } from './throttle-rates.ts';
import { TokenBuckets } from './token-buckets.ts';

/** A token bucket per account, region and operation. It holds what one second brings, at least one call. */
export class Throttle {
  readonly #rates: ThrottleRates;
  readonly #buckets: TokenBuckets;

  constructor(rates: ThrottleRates, maxBuckets?: number) {
    this.#rates = rates;
    this.#buckets = new TokenBuckets(maxBuckets);
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** @throws ThrottlingException when the bucket is empty */
  take(scope: Scope, operation: OperationName, now: Date): void {
    const name = `${scope.account}/${scope.region}/${operation}`;
    const perSecond = this.#rates[operation];
    if (!this.#buckets.take(name, { perSecond, size: Math.max(1, perSecond) }, now)) throw new ThrottlingException();
  }

  /** Fills all buckets. */
  clear(): void {
    this.#buckets.clear();
  }
}

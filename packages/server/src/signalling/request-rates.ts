import type { Clock } from '../clock.ts';
import { TokenBuckets } from '../http/token-buckets.ts';
import { StageRefusal } from '../participants/stage-refusal.ts';
import { StageErrorCode } from './close-codes.ts';

/** Far beyond what a client needs that subscribes to a full stage at once, or tells its candidates one by one. */
const BURST = 100;
const PER_SECOND = 10;
/** Participants and resources of full stages, so that those who ask too often are not forgotten among the others. */
const MAXIMUM_NAMES = 100_000;

/** How often something may be asked for: a participant's offers, a resource's fragments. */
export class RequestRates {
  readonly #buckets = new TokenBuckets(MAXIMUM_NAMES);
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws {StageRefusal} 429 */
  take(name: string): void {
    if (this.#buckets.take(name, { perSecond: PER_SECOND, size: BURST }, this.#clock.now())) return;
    throw new StageRefusal(429, StageErrorCode.FAILED, 'Too many requests');
  }
}

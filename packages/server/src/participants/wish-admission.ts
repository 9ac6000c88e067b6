import type { Place } from './places.ts';
import type { SubscriptionPlaces } from './subscription-places.ts';

export interface WishAdmissionOptions {
  readonly places: SubscriptionPlaces;
  /** There is no place for this publisher; it is told once while it waits. */
  readonly onRefused: (publisherId: string) => void;
  /** Publishers that waited were admitted. */
  readonly onAdmitted: () => void;
}

/** Which publishers a participant may receive by the server's offer: those that it wishes, as far as there are places. */
export class WishAdmission {
  readonly #options: WishAdmissionOptions;
  readonly #admitted = new Map<string, Place>();
  /** Those without a place, in the order of the wish. */
  #refused = new Set<string>();
  /** Those that were received for as long as may be. */
  readonly #barred = new Set<string>();
  #closed = false;

  constructor(options: WishAdmissionOptions) {
    this.#options = options;
  }

  /**
   * Takes what is wished and there; what was so and no longer is, is let go of.
   *
   * @returns those among them that may be received
   */
  readonly admit = (publisherIds: readonly string[]): ReadonlySet<string> => {
    const wished = new Set(this.#closed ? [] : publisherIds);
    for (const [publisherId, place] of this.#admitted) {
      if (wished.has(publisherId) && !this.#barred.has(publisherId)) continue;
      this.#admitted.delete(publisherId);
      place.release();
    }
    for (const publisherId of this.#barred) if (!wished.has(publisherId)) this.#barred.delete(publisherId);
    const told = this.#refused;
    this.#refused = new Set();
    for (const publisherId of wished) {
      if (this.#admitted.has(publisherId) || this.#barred.has(publisherId) || this.#take(publisherId)) continue;
      this.#refused.add(publisherId);
      if (!told.has(publisherId)) this.#options.onRefused(publisherId);
    }
    if (this.#refused.size > 0) this.#options.places.wait(this.#tryAgain);
    else this.#options.places.stopWaiting(this.#tryAgain);
    return new Set(this.#admitted.keys());
  };

  /** Keeps out whoever is received now, until the client wishes or the publisher publishes anew: ask for admission again. */
  barAdmitted(): void {
    const admitted = [...this.#admitted];
    this.#admitted.clear();
    for (const [publisherId] of admitted) this.#barred.add(publisherId);
    for (const [, place] of admitted) place.release();
  }

  /** The client has said anew what it wishes: what is refused still is told again. */
  renew(): void {
    this.#barred.clear();
    this.#refused.clear();
  }

  /** Gives all places back. */
  close(): void {
    this.#closed = true;
    this.admit([]);
  }

  #take(publisherId: string): boolean {
    const { places } = this.#options;
    if (places.fullFor(publisherId)) return false;
    this.#admitted.set(publisherId, places.take(publisherId));
    return true;
  }

  readonly #tryAgain = (): void => {
    const waiting = [...this.#refused].filter((publisherId) => !this.#take(publisherId));
    const served = waiting.length < this.#refused.size;
    this.#refused = new Set(waiting);
    if (waiting.length === 0) this.#options.places.stopWaiting(this.#tryAgain);
    if (served) this.#options.onAdmitted();
  };
}

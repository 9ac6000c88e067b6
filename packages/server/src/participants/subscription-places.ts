import type { Alarm } from '../clock.ts';
import type { StagePlaces } from './capacity.ts';
import type { Place, Places } from './places.ts';

/**
 * The places that one participant takes by subscribing: one of the stage's subscribers for all, and one subscription for
 * each publisher, in however many ways it receives that one.
 */
export class SubscriptionPlaces {
  readonly #subscribers: Places;
  readonly #subscriptions: Places;
  readonly #setDurationAlarm: () => Alarm;
  #subscriber: { readonly place: Place; readonly durationAlarm: Alarm } | undefined;
  /** By publisher. */
  readonly #held = new Map<string, { readonly place: Place; holders: number }>();

  /** @param setDurationAlarm called when it begins to receive; the alarm is cancelled when it receives nothing more */
  constructor(
    { subscribers, subscriptions }: Pick<StagePlaces, 'subscribers' | 'subscriptions'>,
    setDurationAlarm: () => Alarm,
  ) {
    this.#subscribers = subscribers;
    this.#subscriptions = subscriptions;
    this.#setDurationAlarm = setDurationAlarm;
  }

  /** Those that it receives, or is about to. */
  get publisherIds(): string[] {
    return [...this.#held.keys()];
  }

  /** What has no place left that a subscription to this publisher needs. */
  fullFor(publisherId: string): Places | undefined {
    if (this.#held.has(publisherId)) return undefined;
    if (!this.#subscriber && this.#subscribers.isFull) return this.#subscribers;
    return this.#subscriptions.isFull ? this.#subscriptions : undefined;
  }

  /** @throws when there is none: ask `fullFor` first */
  take(publisherId: string): Place {
    const held = this.#held.get(publisherId) ?? { place: this.#subscriptions.take(), holders: 0 };
    this.#held.set(publisherId, held);
    held.holders += 1;
    this.#subscriber ??= { place: this.#subscribers.take(), durationAlarm: this.#setDurationAlarm() };
    let holds = true;
    return {
      release: () => {
        if (!holds) return;
        holds = false;
        held.holders -= 1;
        if (held.holders > 0) return;
        held.place.release();
        this.#held.delete(publisherId);
        if (this.#held.size > 0) return;
        this.#subscriber?.place.release();
        this.#subscriber?.durationAlarm.cancel();
        this.#subscriber = undefined;
      },
    };
  }

  /** Calls whenever there may be room again, until `stopWaiting`. */
  wait(tryAgain: () => void): void {
    for (const places of [this.#subscribers, this.#subscriptions]) places.wait(tryAgain);
  }

  stopWaiting(tryAgain: () => void): void {
    for (const places of [this.#subscribers, this.#subscriptions]) places.stopWaiting(tryAgain);
  }
}

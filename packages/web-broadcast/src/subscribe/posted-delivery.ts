import type { MediaKind } from '../connection/messages.ts';
import { Emitter } from '../emitter.ts';
import type { Delivery, DeliveryEvents, DeliveryState, ReceivedTrack } from './delivery.ts';
import { PostedSubscription, type PostedSubscriptionParts } from './posted-subscription.ts';

/** What is wished of one publish. */
export interface PublishWish {
  readonly participantId: string;
  readonly publishId: string | undefined;
  readonly kinds: readonly MediaKind[];
}

/** A connection for each publisher, made by posting an offer: for servers that make none. */
export class PostedDelivery extends Emitter<DeliveryEvents> implements Delivery {
  readonly #parts: PostedSubscriptionParts;
  readonly #subscriptions = new Map<
    string,
    { readonly publishId: string | undefined; subscription: PostedSubscription }
  >();

  constructor(parts: PostedSubscriptionParts) {
    super();
    this.#parts = parts;
  }

  tracksOf(participantId: string): readonly ReceivedTrack[] {
    return this.#subscriptions.get(participantId)?.subscription.tracks ?? [];
  }

  stateOf(participantId: string): DeliveryState {
    return this.#subscriptions.get(participantId)?.subscription.state ?? 'attempting';
  }

  /** Whether the server has answered that it does not send this kind here. */
  lacks(participantId: string, kind: MediaKind): boolean {
    return this.#subscriptions.get(participantId)?.subscription.lacks(kind) ?? false;
  }

  /** Receives this and nothing else. */
  update(wishes: readonly PublishWish[]): void {
    for (const [id, { publishId }] of this.#subscriptions) {
      if (!wishes.some((wish) => wish.participantId === id && wish.publishId === publishId)) this.#end(id);
    }
    for (const wish of wishes) this.#subscriptionOf(wish).want(wish.kinds);
  }

  /** Tries again what was given up. */
  retry(): void {
    for (const { subscription } of this.#subscriptions.values()) subscription.retry();
  }

  hurry(): void {
    for (const { subscription } of this.#subscriptions.values()) subscription.hurry();
  }

  restartIce(): void {
    for (const { subscription } of this.#subscriptions.values()) subscription.restartIce();
  }

  #subscriptionOf({ participantId, publishId }: PublishWish): PostedSubscription {
    const present = this.#subscriptions.get(participantId)?.subscription;
    if (present) return present;
    const subscription = new PostedSubscription(participantId, this.#parts);
    subscription.on('changed', () => this.emit('changed'));
    subscription.on('silent', () => this.emit('silent'));
    subscription.on('failed', (error) => this.emit('failed', error));
    this.#subscriptions.set(participantId, { publishId, subscription });
    return subscription;
  }

  #end(participantId: string): void {
    this.#subscriptions.get(participantId)?.subscription.close();
    this.#subscriptions.delete(participantId);
  }
}

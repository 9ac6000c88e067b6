import type { MediaKind, ParticipantLayers, SubscriberOffer } from '../connection/messages.ts';
import { Emitter } from '../emitter.ts';
import type { FrameTransforms } from '../in-band/frame-transforms.ts';
import type { InBandMessage } from '../in-band/in-band-message.ts';
import { codeOfEventError } from '../stage/event-error-code.ts';
import { StageError, StageErrorCategory, StageErrorCode } from '../stage/stage-error.ts';
import { StageParticipantSubscribeState } from '../stage/stage-events.ts';
import type { StageParticipant } from '../stage/stage-participant.ts';
import { SubscribeType } from '../stage/stage-strategy.ts';
import { RemoteStageStream } from '../streams/remote-stage-stream.ts';
import type { StageStreamLayer, StageStreamLayerSelectedReason } from '../streams/stage-stream-layer.ts';
import type { Delivery, ReceivedTrack } from './delivery.ts';
import { OfferedDelivery, type OfferedDeliveryParts } from './offered-delivery.ts';
import { PostedDelivery } from './posted-delivery.ts';
import type { PostedSubscriptionParts } from './posted-subscription.ts';
import { type SubscribeChoices, Subscription } from './subscription.ts';

interface SubscriberEvents {
  stateChanged: [participant: StageParticipant, state: StageParticipantSubscribeState];
  streamsAdded: [participant: StageParticipant, streams: RemoteStageStream[]];
  streamsRemoved: [participant: StageParticipant, streams: RemoteStageStream[]];
  layersChanged: [participant: StageParticipant, stream: RemoteStageStream, layers: StageStreamLayer[]];
  layerSelected: [
    participant: StageParticipant,
    stream: RemoteStageStream,
    layer: StageStreamLayer,
    reason: StageStreamLayerSelectedReason,
  ];
  adaptionChanged: [participant: StageParticipant, stream: RemoteStageStream, isAdapting: boolean];
  messageReceived: [participant: StageParticipant, message: InBandMessage];
  /** Nothing comes any more: other connections may be broken as well. */
  silent: [];
  error: [error: StageError];
}

export interface SubscriberParts extends OfferedDeliveryParts, PostedSubscriptionParts {
  readonly frames: FrameTransforms;
  /** Whether the server hears what is sent now. */
  readonly reached: () => boolean;
}

const { NOT_SUBSCRIBED, ATTEMPTING_SUBSCRIBE, SUBSCRIBED, ERRORED } = StageParticipantSubscribeState;

/** So long a server of this project may take to offer, however busy it is. */
const OFFER_TIMEOUT_MS = 10_000;
/** So long a server may take that tells nothing by which it could be known as one that offers. */
const UNKNOWN_OFFER_TIMEOUT_MS = 2_000;

/**
 * Keeps account of what is wished of remote participants and what comes. The server is told, and offers; where it does not,
 * an offer is posted for each publisher.
 */
export class Subscriber extends Emitter<SubscriberEvents> {
  readonly #parts: SubscriberParts;
  readonly #subscriptions = new Map<string, Subscription>();
  /** What came of publishes that are over, although the offer that takes it away is still to come. */
  readonly #endedReceivers = new WeakSet<RTCRtpReceiver>();
  readonly #offered: OfferedDelivery;
  readonly #posted: PostedDelivery;
  /** The one that delivers. Undefined until it shows whether the server offers. */
  #delivery: Delivery | undefined;
  #cancelOfferTimeout: (() => void) | undefined;
  #isPublishing = false;

  constructor(parts: SubscriberParts) {
    super();
    this.#parts = parts;
    this.#offered = new OfferedDelivery(parts);
    this.#posted = new PostedDelivery(parts);
    for (const delivery of [this.#offered, this.#posted]) {
      delivery.on('changed', () => {
        this.#settleAll();
        this.#refuseUndecodable();
        this.#awaitOffer();
      });
      delivery.on('silent', () => this.emit('silent'));
      delivery.on('failed', (error) => this.emit('error', error));
    }
    parts.frames.on('failed', () => {
      if (parts.frames.reads) this.#renew();
    });
    parts.frames.on('unreadable', (detail) => {
      this.emit('error', new StageError(StageErrorCode.FAILED, StageErrorCategory.SUBSCRIBE_ERROR, detail));
    });
  }

  streamOf(participantId: string, kind: MediaKind): RemoteStageStream | undefined {
    return this.#subscriptions.get(participantId)?.streamOf(kind);
  }

  /** A remote participant came. */
  add(participant: StageParticipant): void {
    this.#subscriptions.set(participant.id, new Subscription(participant));
  }

  /** It left. */
  remove(participantId: string): void {
    const subscription = this.#subscriptions.get(participantId);
    if (!subscription) return;
    subscription.wish = SubscribeType.NONE;
    this.#settle(subscription);
    this.#subscriptions.delete(participantId);
  }

  setWish(participantId: string, wish: SubscribeType, choices: SubscribeChoices): void {
    const subscription = this.#subscriptions.get(participantId);
    if (!subscription) return;
    if (wish !== subscription.wish) subscription.refused = undefined;
    Object.assign(subscription, { wish }, choices);
    this.#delay(subscription);
    this.#readMessages(subscription);
    this.#renewUnreadable(subscription);
  }

  /** Who publishes takes part in a conversation: what it receives is not delayed. */
  setPublishing(isPublishing: boolean): void {
    this.#isPublishing = isPublishing;
    for (const subscription of this.#subscriptions.values()) this.#delay(subscription);
  }

  /** @param label of the highest layer to be received; undefined for whatever the connection carries */
  preferLayer(participantId: string, label: string | undefined): void {
    const subscription = this.#subscriptions.get(participantId);
    if (subscription) subscription.preferredLayer = label;
  }

  /** Brings what is told to the server, streams and states in line with wishes and participants. */
  update(): void {
    for (const subscription of this.#subscriptions.values()) {
      const { isPublishing, publishId } = subscription.participant;
      if (isPublishing) subscription.hasPublished = true;
      if (publishId !== subscription.publishId) subscription.refused = undefined;
      subscription.publishId = publishId;
    }
    this.#apply();
    this.#settleAll();
  }

  /** Takes streams of those who publish no more, before that is told. */
  releaseUnpublished(): void {
    for (const subscription of this.#subscriptions.values()) {
      if (!subscription.participant.isPublishing) this.#settle(subscription);
    }
  }

  /** Tries again what failed for good. */
  refresh(): void {
    const refused = [...this.#subscriptions.values()].filter((subscription) => subscription.refused);
    for (const subscription of refused) subscription.refused = undefined;
    if (refused.length > 0) this.#offered.forget();
    this.#offered.retry();
    this.#posted.retry();
    this.update();
  }

  /** The server is reached by a new socket: what was told meanwhile is lost. */
  reachedAgain(): void {
    this.#endOfferTimeout();
    this.#offered.forgetConnection();
    this.#apply();
  }

  offer(offer: SubscriberOffer): void {
    this.#serverOffers();
    this.#offered.take(offer);
  }

  /** The server tells the layers of a video, and the one that comes. */
  setLayers(told: ParticipantLayers): void {
    const subscription = this.#subscriptions.get(told.participantId);
    const stream = subscription?.streamOf('video');
    if (!subscription || !stream || subscription.publishId !== told.publishId) return;
    const { participant } = subscription;
    const { layers, selected, isAdapting } = stream.setLayers(told);
    if (layers) this.emit('layersChanged', participant, stream, layers);
    if (selected) this.emit('layerSelected', participant, stream, selected.layer, selected.reason);
    if (isAdapting !== undefined) this.emit('adaptionChanged', participant, stream, isAdapting);
  }

  /** Something tells that an attempt may work now. */
  hurry(): void {
    this.#delivery?.hurry();
  }

  /** The network may be another one: the connections that are there look for a new way. */
  restartIce(): void {
    this.#delivery?.restartIce();
  }

  /** The server tells that a wish cannot be served. */
  refused(participantId: string, eventErrorCode: string): void {
    this.#serverOffers();
    this.#refuse(participantId, eventErrorCode);
  }

  /** Ends everything, telling what thereby ends. */
  close(): void {
    this.#endOfferTimeout();
    this.#offered.close();
    this.#posted.update([]);
    for (const id of [...this.#subscriptions.keys()]) this.remove(id);
  }

  /** Tells the wishes to the server, and posts for them where it does not offer. */
  #apply(): void {
    const all = [...this.#subscriptions.values()];
    const wishes = all.filter(({ wish, hasPublished }) => wish !== SubscribeType.NONE && hasPublished);
    // Also where offers are posted: a server that was only slow offers after all.
    this.#offered.tell(wishes.map(({ told }) => told));
    if (this.#delivery === this.#posted)
      this.#posted.update(all.filter(({ wanted }) => wanted).map(({ publishWish }) => publishWish));
    this.#awaitOffer();
  }

  /** Nobody says that a server does not offer, or cannot just now: it is silent. */
  #awaitOffer(): void {
    const mayCome = this.#delivery !== this.#posted && this.#offered.awaitsOffer;
    const awaited = mayCome ? [...this.#subscriptions.values()].filter(({ isAwaited }) => isAwaited) : [];
    if (awaited.length === 0) this.#endOfferTimeout();
    if (awaited.length === 0 || this.#cancelOfferTimeout) return;
    // Who has offered before does so again, and who tells of publishes knows the wish.
    const known = this.#delivery || awaited.some(({ participant }) => participant.publishId !== undefined);
    const timeoutMs = known ? OFFER_TIMEOUT_MS : UNKNOWN_OFFER_TIMEOUT_MS;
    this.#cancelOfferTimeout = this.#parts.clock.after(timeoutMs, () => {
      this.#cancelOfferTimeout = undefined;
      if (!this.#parts.reached()) return; // the next socket begins anew
      if (this.#delivery) this.#offered.offerMissed();
      else this.#goOverToPosting();
    });
  }

  #goOverToPosting(): void {
    this.#parts.log.info('the server does not offer: subscribing by posted offers');
    this.#delivery = this.#posted;
    this.update();
  }

  /** A posted offer is answered without what cannot be decoded here, although the publisher sends it. */
  #refuseUndecodable(): void {
    if (this.#delivery !== this.#posted) return;
    for (const { participant, wantedKinds, refused } of [...this.#subscriptions.values()]) {
      const { id, tracks } = participant;
      const missing = tracks && !refused ? wantedKinds.find((kind) => this.#posted.lacks(id, kind)) : undefined;
      if (missing) this.#refuse(id, missing === 'audio' ? 'INVALID_AUDIO_CODEC' : 'INVALID_VIDEO_CODEC');
    }
  }

  #endOfferTimeout(): void {
    this.#cancelOfferTimeout?.();
    this.#cancelOfferTimeout = undefined;
  }

  #serverOffers(): void {
    this.#endOfferTimeout();
    this.#delivery = this.#offered;
    this.#posted.update([]);
  }

  #refuse(participantId: string, eventErrorCode: string): void {
    const subscription = this.#subscriptions.get(participantId);
    if (!subscription || subscription.wish === SubscribeType.NONE) return;
    subscription.refused = eventErrorCode;
    this.#settle(subscription);
    const code = codeOfEventError(eventErrorCode);
    this.emit('error', new StageError(code, StageErrorCategory.SUBSCRIBE_ERROR, eventErrorCode));
  }

  #settleAll(): void {
    for (const subscription of [...this.#subscriptions.values()]) this.#settle(subscription);
  }

  /** Tells the difference between the streams and state that a subscription had and those that it has now. */
  #settle(subscription: Subscription): void {
    const { participant, streams: before } = subscription;
    this.#endReceivers(subscription);
    const receivers = this.#receiversOf(subscription);
    const kept = before.filter(({ mediaStreamTrack }) => receivers.some(({ track }) => track === mediaStreamTrack));
    const removed = before.filter((stream) => !kept.includes(stream));
    subscription.streams = kept;
    for (const stream of removed) stream.ended();
    if (removed.length > 0) this.emit('streamsRemoved', participant, removed);
    // A listener may have changed the wish.
    const added = this.#receiversOf(subscription)
      .filter(({ track }) => !subscription.streams.some(({ mediaStreamTrack }) => mediaStreamTrack === track))
      .map((receiver) => new RemoteStageStream(receiver, participant, () => this.#apply()));
    subscription.streams = [...subscription.streams, ...added];
    this.#delay(subscription);
    this.#readMessages(subscription);
    if (added.length > 0) this.emit('streamsAdded', participant, added);
    // For whom there was no place, there is one now.
    if (added.length > 0 && subscription.refused === 'QUOTA_EXCEEDED') subscription.refused = undefined;
    const state = this.#stateOf(subscription);
    if (state !== subscription.state) {
      subscription.state = state;
      this.emit('stateChanged', participant, state);
    }
    this.#renewUnreadable(subscription);
  }

  /** What there is when a publish ends is of it. What comes later is of the next one, which may be told of later still. */
  #endReceivers(subscription: Subscription): void {
    const { participant, wasPublishing } = subscription;
    subscription.wasPublishing = participant.isPublishing;
    if (!wasPublishing || participant.isPublishing) return;
    for (const { receiver } of this.#tracksOf(participant)) this.#endedReceivers.add(receiver);
  }

  /** What is to be a stream now. */
  #receiversOf(subscription: Subscription): RTCRtpReceiver[] {
    return this.#tracksOf(subscription.participant)
      .filter(({ kind, receiver }) => subscription.wants(kind) && !this.#endedReceivers.has(receiver))
      .map(({ receiver }) => receiver);
  }

  #delay({ streams, minimumDelayMs }: Subscription): void {
    for (const stream of streams) stream.delayBy(this.#isPublishing ? undefined : minimumDelayMs);
  }

  #readMessages(subscription: Subscription): void {
    const { participant, readsMessages } = subscription;
    const { frames } = this.#parts;
    if (readsMessages) frames.expectReading();
    const stream = subscription.streamOf('video');
    const read = (receiver: RTCRtpReceiver) =>
      frames.read(receiver, (message) => this.emit('messageReceived', participant, message));
    stream?.readMessages(readsMessages ? read : undefined);
  }

  /** What came before anybody wished to read it has to come anew. */
  #renewUnreadable(subscription: Subscription): void {
    const receiver = subscription.readsMessages ? subscription.streamOf('video')?.receiver : undefined;
    if (receiver && this.#parts.frames.lacks(receiver)) this.#renew();
  }

  /** Receives everything over other connections. */
  #renew(): void {
    this.#offered.renew();
    this.#posted.update([]);
    this.#apply();
    this.#settleAll();
  }

  #tracksOf({ id, tracks }: StageParticipant): readonly ReceivedTrack[] {
    const received = this.#delivery?.tracksOf(id) ?? [];
    // What is offered is what comes. What is posted for comes only when the publisher sends it.
    return this.#delivery === this.#posted ? received.filter(({ kind }) => tracks?.includes(kind) ?? true) : received;
  }

  #stateOf({ participant, wanted, refused, streams }: Subscription): StageParticipantSubscribeState {
    if (!wanted) return NOT_SUBSCRIBED;
    const state = this.#delivery?.stateOf(participant.id) ?? 'attempting';
    if (refused || state === 'errored') return ERRORED;
    return streams.length > 0 && state === 'connected' ? SUBSCRIBED : ATTEMPTING_SUBSCRIBE;
  }
}

import type {
  ClientMessage,
  MediaKind,
  ParticipantLayers,
  ParticipantWish,
  SubscriberOffer,
} from '../connection/messages.ts';
import { Retrier } from '../connection/retrier.ts';
import { Emitter } from '../emitter.ts';
import type { Logger } from '../logging.ts';
import { codeOfEventError } from '../stage/event-error-code.ts';
import { StageError, StageErrorCategory, StageErrorCode } from '../stage/stage-error.ts';
import { StageParticipantSubscribeState } from '../stage/stage-events.ts';
import type { StageParticipant } from '../stage/stage-participant.ts';
import { SubscribeType } from '../stage/stage-strategy.ts';
import { RemoteStageStream } from '../streams/remote-stage-stream.ts';
import type { StageStreamLayer, StageStreamLayerSelectedReason } from '../streams/stage-stream-layer.ts';
import { decodableCodecs } from './decodable-codecs.ts';
import { SubscriberConnection, type SubscriberConnectionParts } from './subscriber-connection.ts';
import { Subscription } from './subscription.ts';

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
  /** Nothing comes any more: other connections may be broken as well. */
  silent: [];
  error: [error: StageError];
}

export interface SubscriberParts extends SubscriberConnectionParts {
  readonly log: Logger;
  /** To the server; lost while it is not reached. */
  readonly send: (message: ClientMessage) => void;
}

const { NOT_SUBSCRIBED, ATTEMPTING_SUBSCRIBE, SUBSCRIBED, ERRORED } = StageParticipantSubscribeState;

/** Tells the server what is wished of remote participants, answers its offers and keeps account of what comes. */
export class Subscriber extends Emitter<SubscriberEvents> {
  readonly #parts: SubscriberParts;
  readonly #retrier: Retrier;
  readonly #subscriptions = new Map<string, Subscription>();
  /** What came of publishes that are over, although the offer that takes it away is still to come. */
  readonly #endedReceivers = new WeakSet<RTCRtpReceiver>();
  #connection: SubscriberConnection | undefined;
  /** The transport that was closed here: what is still offered on it is late. */
  #closedTransportId: string | undefined;
  /** The wish as the server knows it. */
  #told = '[]';
  /** The connection failed: the server is to make another one. */
  #renew = false;
  #gaveUp = false;
  #isPublishing = false;

  constructor(parts: SubscriberParts) {
    super();
    this.#parts = parts;
    this.#retrier = new Retrier(parts.clock, {});
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

  /**
   * @param startsHigh where a video of several layers begins
   * @param minimumDelayMs how long what is received waits before it is played
   */
  setWish(
    participantId: string,
    wish: SubscribeType,
    { startsHigh, minimumDelayMs }: Pick<Subscription, 'startsHigh' | 'minimumDelayMs'>,
  ): void {
    const subscription = this.#subscriptions.get(participantId);
    if (!subscription) return;
    if (wish !== subscription.wish) subscription.refused = undefined;
    subscription.wish = wish;
    subscription.startsHigh = startsHigh;
    subscription.minimumDelayMs = minimumDelayMs;
    this.#delay(subscription);
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
    this.#tell();
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
    if (refused.length > 0 || this.#gaveUp) this.#told = '';
    this.update();
  }

  /** The server is reached by a new socket: what was told meanwhile is lost. */
  tellAgain(): void {
    this.#told = '';
    this.#renew = this.#connection === undefined;
    this.#tell();
  }

  offer(offer: SubscriberOffer): void {
    const { transportId } = offer;
    if (transportId === this.#closedTransportId) return;
    if (this.#connection?.transportId !== transportId) this.#connect(transportId);
    this.#connection?.take(offer);
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

  /** The network may be another one: the connection that is there looks for a new way. */
  restartIce(): void {
    const transportId = this.#connection?.transportId;
    if (transportId !== undefined) this.#parts.send({ type: 'RESTART_ICE', payload: { transportId } });
  }

  refused(participantId: string, eventErrorCode: string): void {
    const subscription = this.#subscriptions.get(participantId);
    if (!subscription || subscription.wish === SubscribeType.NONE) return;
    subscription.refused = eventErrorCode;
    this.#settle(subscription);
    this.emit('error', subscribeError(codeOfEventError(eventErrorCode), eventErrorCode));
  }

  /** Ends everything, telling what thereby ends. */
  close(): void {
    this.#dropConnection();
    this.#retrier.reset();
    for (const id of [...this.#subscriptions.keys()]) this.remove(id);
  }

  #wishes(): ParticipantWish[] {
    return [...this.#subscriptions.values()]
      .filter(({ wish, hasPublished }) => wish !== SubscribeType.NONE && hasPublished)
      .map(({ told }) => told);
  }

  #tell(): void {
    const wishes = this.#wishes();
    const wish = JSON.stringify(wishes);
    if (wish === this.#told || this.#retrier.waiting) return;
    this.#told = wish;
    this.#gaveUp = false;
    // The server ends the connection of those who wish nothing, and makes a new one for the next wish.
    if (this.#renew || wishes.length === 0) {
      this.#dropConnection();
      this.#send([]);
    }
    this.#renew = false;
    if (wishes.length > 0) this.#send(wishes);
    else this.#retrier.reset();
  }

  #send(participants: readonly ParticipantWish[]): void {
    this.#parts.send({ type: 'SUBSCRIBE', payload: { codecs: decodableCodecs(), participants } });
  }

  #connect(transportId: string): void {
    this.#dropConnection();
    // Whatever was to be asked for is here.
    this.#retrier.cancel();
    this.#renew = false;
    this.#gaveUp = false;
    const connection = new SubscriberConnection(transportId, this.#parts);
    connection.on('answered', ({ offerId }, sdp) => {
      this.#parts.send({ type: 'SUBSCRIBER_ANSWER', payload: { transportId, offerId, sdp } });
      this.#settleAll();
    });
    connection.on('connected', () => {
      this.#retrier.succeeded();
      this.#settleAll();
    });
    connection.on('silent', () => {
      this.emit('silent');
      this.restartIce();
    });
    connection.on('failed', (detail) => this.#connectionFailed(detail));
    this.#connection = connection;
  }

  #connectionFailed(detail: string): void {
    this.#parts.log.warn('subscriber connection failed', { detail });
    this.#dropConnection();
    this.#renew = true;
    const again = this.#retrier.retry(() => {
      this.#told = '';
      this.update();
    });
    this.#gaveUp = !again;
    this.#settleAll();
    if (again) return;
    this.#retrier.reset();
    this.emit('error', subscribeError(StageErrorCode.FAILED, detail));
  }

  #dropConnection(): void {
    if (!this.#connection) return;
    this.#closedTransportId = this.#connection.transportId;
    this.#connection.close();
    this.#connection = undefined;
  }

  #settleAll(): void {
    for (const subscription of [...this.#subscriptions.values()]) this.#settle(subscription);
  }

  /** Tells the difference between the streams and state that a subscription had and those that it has now. */
  #settle(subscription: Subscription): void {
    const { participant, streams: before } = subscription;
    const tracks = (this.#connection?.tracks ?? []).filter(({ participantId }) => participantId === participant.id);
    if (!participant.isPublishing) for (const { receiver } of tracks) this.#endedReceivers.add(receiver);
    const receivers = tracks
      .filter(({ kind, receiver }) => subscription.wants(kind) && !this.#endedReceivers.has(receiver))
      .map(({ receiver }) => receiver);
    const kept = before.filter(({ mediaStreamTrack }) => receivers.some(({ track }) => track === mediaStreamTrack));
    const removed = before.filter((stream) => !kept.includes(stream));
    const added = receivers
      .filter(({ track }) => !kept.some(({ mediaStreamTrack }) => mediaStreamTrack === track))
      .map((receiver) => new RemoteStageStream(receiver, participant, () => this.#tell()));
    subscription.streams = [...kept, ...added];
    this.#delay(subscription);
    for (const stream of removed) stream.ended();
    if (removed.length > 0) this.emit('streamsRemoved', participant, removed);
    // A listener may have changed the wish.
    const present = added.filter((stream) => subscription.streams.includes(stream));
    if (present.length > 0) this.emit('streamsAdded', participant, present);
    // For whom there was no place, there is one now.
    if (added.length > 0 && subscription.refused === 'QUOTA_EXCEEDED') subscription.refused = undefined;
    const state = this.#stateOf(subscription);
    if (state !== subscription.state) {
      subscription.state = state;
      this.emit('stateChanged', participant, state);
    }
  }

  #delay({ streams, minimumDelayMs }: Subscription): void {
    for (const stream of streams) stream.delayBy(this.#isPublishing ? undefined : minimumDelayMs);
  }

  #stateOf({ wanted, refused, streams }: Subscription): StageParticipantSubscribeState {
    if (!wanted) return NOT_SUBSCRIBED;
    if (refused || this.#gaveUp || this.#retrier.waiting) return ERRORED;
    return streams.length > 0 && this.#connection?.connected ? SUBSCRIBED : ATTEMPTING_SUBSCRIBE;
  }
}

function subscribeError(code: StageErrorCode, detail: string): StageError {
  return new StageError(code, StageErrorCategory.SUBSCRIBE_ERROR, detail);
}

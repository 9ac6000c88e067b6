import type { CodecName, MediaKind, Publisher, Sfu, StageMedia, Subscriber } from '@proscenium/media';
import { MediaRefusal } from '@proscenium/media';
import { createResourceId, type Event, type EventErrorCode } from '@proscenium/model';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { closeForLeft, type LeftReason, type SocketClose, StageErrorCode } from '../signalling/close-codes.ts';
import type { EventsSocket } from '../signalling/events-socket.ts';
import type { AnswerPayload, ClientMessage, SubscribePayload } from '../signalling/messages.ts';
import type { Store } from '../store/store.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import { type ClientData, clientAttribute } from './client-data.ts';
import { LiveParticipant } from './live-participant.ts';
import type { StageRef } from './live-stages.ts';
import { newParticipantRecord } from './participant-record.ts';
import { StageJournal, type StageSession } from './stage-journal.ts';
import { refusalFor, StageRefusal } from './stage-refusal.ts';
import { stageStateMessage } from './stage-state.ts';

export interface LiveStageOptions {
  readonly store: Store;
  readonly sfu: Sfu;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a session outlives its last publisher once nobody is connected. */
  readonly sessionLingerMs: number;
  /** How long a participant whose events socket was lost is waited for. */
  readonly reconnectGraceMs: number;
  readonly publishersPerStage: number;
  /** Throws a refusal for a participant that may not be in the stage (any more). */
  readonly admit: (claims: ParticipantClaims) => Promise<void>;
  /** The stage has neither participants nor a session left. */
  readonly onEmpty: () => void;
}

/** What a POST made: its resource, and the SDP answer. */
export interface MediaResource {
  readonly resourceId: string;
  readonly answer: string;
}

/** Several changes at once are told as one state. */
const STATE_DELAY_MS = 10;

/**
 * A stage with somebody in it: its session, its participants and their media. The only writer of their records.
 *
 * Everything that happens is applied in memory at once and written to the store in the same order; a join is answered
 * when it is durable.
 */
export class LiveStage {
  readonly #stageId: string;
  readonly #options: LiveStageOptions;
  readonly #logger: Logger;
  readonly #journal: StageJournal;
  readonly #participants = new Map<string, LiveParticipant>();
  #media: Promise<StageMedia> | undefined;
  #lastPublishedMs: number;
  #lingerTimer: NodeJS.Timeout | undefined;
  #stateTimer: NodeJS.Timeout | undefined;
  /** Set when the stage takes nobody in any more. */
  #ended: StageRefusal | undefined;

  /** @param session that was running when the server stopped, if any */
  constructor(ref: StageRef, options: LiveStageOptions, session?: StageSession) {
    this.#stageId = ref.stageId;
    this.#options = options;
    this.#logger = options.logger.child({ stageId: ref.stageId });
    this.#lastPublishedMs = options.clock.now().getTime();
    this.#journal = new StageJournal(ref, { ...options, logger: this.#logger }, session);
    if (session) this.#scheduleSessionEnd();
  }

  /** Joins by an events socket. @throws {StageRefusal | TokenRefusal} */
  connect(claims: ParticipantClaims, client: ClientData, socket: EventsSocket): Promise<void> {
    return this.#attend(claims, client, async (participant) => {
      if (!socket.live) return;
      const evicted = participant.attachSocket(socket);
      if (evicted) this.#dropSubscriber(participant);
      evicted?.close(closeForLeft('token-reused'));
      socket.on('message', (message) => this.#receive(participant, message));
      socket.once('closed', (said) => this.#socketClosed(participant, socket, said));
      socket.send(this.#stateMessage());
      participant.subscriber?.resend();
      this.#stateChanged();
    });
  }

  /** Publishes by WHIP. @throws {StageRefusal | TokenRefusal | MediaRefusal} */
  async publish(claims: ParticipantClaims, client: ClientData, offer: string): Promise<MediaResource> {
    if (!claims.capabilities.publish) {
      throw await this.#refuse('PUBLISH_ERROR', claims, 'INSUFFICIENT_CAPABILITIES', 'The token may not publish');
    }
    return this.#attend(claims, client, async (participant) => {
      const places = this.#options.publishersPerStage;
      const others = [...this.#participants.values()].filter(
        (other) => other !== participant && (other.publish || other.publishesPending > 0),
      );
      if (others.length >= places) {
        throw await this.#refuse(
          'PUBLISH_ERROR',
          claims,
          'QUOTA_EXCEEDED',
          `The stage has ${places} publishers already`,
        );
      }
      participant.publishesPending += 1;
      try {
        const owner = participant.ownerOfPublish();
        const media = await this.#openMedia();
        const publisher = await media.publish(participant.id, offer);
        if (participant.left) {
          publisher.close();
          throw leftMeanwhile();
        }
        const resourceId = createResourceId();
        participant.publish = { resourceId, media: publisher, owner, started: false };
        this.#watchPublisher(participant, publisher);
        return { resourceId, answer: publisher.answer };
      } finally {
        participant.publishesPending -= 1;
      }
    });
  }

  /** Subscribes to one publisher by POST. @throws {StageRefusal | TokenRefusal | MediaRefusal} */
  async subscribe(
    claims: ParticipantClaims,
    client: ClientData,
    publisherId: string,
    offer: string,
  ): Promise<MediaResource> {
    const refuse = (errorCode: EventErrorCode, message: string) =>
      this.#refuse('SUBSCRIBE_ERROR', claims, errorCode, message, publisherId);
    if (!claims.capabilities.subscribe) throw await refuse('INSUFFICIENT_CAPABILITIES', 'The token may not subscribe');
    return this.#attend(claims, client, async (participant) => {
      const owner = participant.ownerOfSubscription(publisherId);
      const media = await this.#openMedia();
      const subscription = await media.subscribe(publisherId, offer).catch(async (error) => {
        if (!(error instanceof MediaRefusal)) throw error;
        if (error.reason === 'PUBLISHER_NOT_FOUND') throw await refuse('PUBLISHER_NOT_FOUND', error.message);
        if (error.reason === 'CODEC_MISMATCH') throw await refuse('INVALID_VIDEO_CODEC', error.message);
        throw error;
      });
      if (participant.left) {
        subscription.close();
        throw leftMeanwhile();
      }
      const resourceId = createResourceId();
      const holding = { resourceId, media: subscription, owner, started: false };
      participant.subscriptions.set(resourceId, holding);
      subscription.once('connected', () => {
        if (holding.started) return;
        holding.started = true;
        this.#subscribed(participant, publisherId);
      });
      subscription.once('ended', () => {
        participant.subscriptions.delete(resourceId);
        if (holding.started) this.#unsubscribed(participant, publisherId);
        this.#leaveIfIdle(participant);
      });
      for (const surplus of participant.surplusSubscriptions(publisherId)) surplus.media.close();
      return { resourceId, answer: subscription.answer };
    });
  }

  /** Ends a publish or a subscription of this participant. @returns false when there is none of that id */
  endResource(participantId: string, resourceId: string): boolean {
    const participant = this.#participants.get(participantId);
    const holding =
      participant?.publish?.resourceId === resourceId
        ? participant.publish
        : participant?.subscriptions.get(resourceId);
    holding?.media.close();
    return holding !== undefined;
  }

  /** Resolves when it is durable. */
  async disconnect(participantId: string): Promise<void> {
    const participant = this.#participants.get(participantId);
    if (participant) this.#leave(participant, closeForLeft('participant-disconnected'));
    await this.#journal.settled();
  }

  /** Everybody leaves, and the session ends. Resolves when it is durable. */
  async end(refusal: StageRefusal, reason: LeftReason): Promise<void> {
    this.#ended = refusal;
    for (const participant of this.#participants.values()) this.#leave(participant, closeForLeft(reason));
    await this.#endSession();
  }

  /** Everybody leaves, and the session stays for the server's next start. Resolves when it is durable. */
  async shutDown(refusal: StageRefusal, close: SocketClose): Promise<void> {
    this.#ended = refusal;
    for (const participant of this.#participants.values()) this.#leave(participant, close);
    clearTimeout(this.#lingerTimer);
    clearTimeout(this.#stateTimer);
    await this.#journal.settled();
  }

  // Joining and leaving

  /** Does something for a participant that is, or thereby becomes, connected. */
  async #attend<T>(
    claims: ParticipantClaims,
    client: ClientData,
    work: (participant: LiveParticipant) => Promise<T>,
  ): Promise<T> {
    if (this.#ended) throw this.#ended;
    clearTimeout(this.#lingerTimer);
    let participant = this.#participants.get(claims.participantId);
    if (!participant) {
      participant = new LiveParticipant(claims, newParticipantRecord(claims, client, this.#options.clock.now()));
      this.#participants.set(claims.participantId, participant);
      participant.joined = this.#recordJoin(participant);
    }
    participant.pending += 1;
    try {
      await participant.joined;
      // Whoever was disconnected or deleted since the token was checked is found here, or was put out by #leave().
      await this.#options.admit(claims);
      if (participant.left) throw this.#ended ?? leftMeanwhile();
      return await work(participant);
    } finally {
      participant.pending -= 1;
      this.#leaveIfIdle(participant);
      if (this.#participants.size === 0) this.#scheduleSessionEnd();
    }
  }

  async #recordJoin(participant: LiveParticipant): Promise<void> {
    try {
      if (!this.#journal.hasSession) this.#lastPublishedMs = this.#options.clock.now().getTime();
      const { sessionId } = await this.#journal.openSession();
      const earlier = await this.#journal.earlierRecord(participant.id);
      if (earlier) {
        const { firstJoinTime, published, protocol } = earlier;
        participant.record = { ...participant.record, firstJoinTime, published, protocol };
      }
      await this.#journal.write({
        record: participant.record,
        events: [this.#journal.event('JOINED', participant.id)],
      });
      this.#logger.info({ participantId: participant.id, sessionId }, 'participant joined');
      this.#stateChanged();
    } catch (error) {
      participant.left = true;
      this.#participants.delete(participant.id);
      throw error;
    }
  }

  #leaveIfIdle(participant: LiveParticipant): void {
    if (participant.idle && !participant.left) this.#leave(participant, closeForLeft('user-initiated'));
  }

  #leave(participant: LiveParticipant, close: SocketClose): void {
    if (participant.left) return;
    participant.left = true;
    this.#participants.delete(participant.id);
    clearTimeout(participant.graceTimer);
    participant.publish?.media.close();
    for (const { media } of [...participant.subscriptions.values()]) media.close();
    this.#dropSubscriber(participant);
    participant.socket?.close(close);
    participant.socket = undefined;
    participant.record = { ...participant.record, state: 'DISCONNECTED' };
    this.#record(participant, this.#journal.event('LEFT', participant.id));
    this.#logger.info({ participantId: participant.id, reason: close.reason }, 'participant left');
    this.#stateChanged();
    if (this.#participants.size === 0) {
      this.#closeMedia();
      this.#scheduleSessionEnd();
    }
  }

  #socketClosed(participant: LiveParticipant, socket: EventsSocket, said: SocketClose | undefined): void {
    if (participant.socket !== socket) return;
    participant.socket = undefined;
    if (participant.left) return;
    this.#logger.info({ participantId: participant.id, reason: said?.reason }, 'events socket lost');
    participant.graceTimer = setTimeout(() => {
      participant.graceTimer = undefined;
      this.#dropSubscriber(participant);
      this.#leaveIfIdle(participant);
    }, this.#options.reconnectGraceMs);
  }

  // Messages of the events socket

  #receive(participant: LiveParticipant, message: ClientMessage): void {
    switch (message.type) {
      case 'LEAVE':
        this.#leave(participant, closeForLeft('user-initiated'));
        break;
      case 'CLIENT_INFO':
        participant.record = { ...participant.record, sdkVersion: clientAttribute(message.payload.sdkVersion) };
        this.#record(participant);
        break;
      case 'MUTE':
        participant.muteState = message.payload;
        this.#applyMute(participant);
        this.#stateChanged();
        break;
      case 'SUBSCRIBE':
        participant.wish = readWish(participant.id, message.payload);
        this.#applyWish(participant);
        break;
      case 'SUBSCRIBER_ANSWER':
        this.#takeAnswer(participant, message.payload);
        break;
      case 'PING':
        break; // the socket has answered it
    }
  }

  #takeAnswer(participant: LiveParticipant, { transportId, offerId, sdp }: AnswerPayload): void {
    participant.subscriber?.answer(transportId, offerId, sdp).catch((error: Error) => {
      participant.socket?.close({ code: 1008, reason: error.message.slice(0, 120) });
    });
  }

  #applyMute(participant: LiveParticipant): void {
    const { publish, muteState } = participant;
    if (!publish) return;
    const paused: [MediaKind, boolean][] = [
      ['audio', muteState.audioMuted],
      ['video', muteState.videoStopped],
    ];
    for (const [kind, value] of paused) {
      publish.media.setPaused(kind, value).catch((error) => this.#mediaFailed(participant, error));
    }
    this.#publishStartedIfFlowing(participant);
  }

  #applyWish(participant: LiveParticipant): void {
    const { wishes, codecs } = participant.wish;
    if (wishes.length > 0 && !participant.claims.capabilities.subscribe) {
      for (const { participantId } of wishes) {
        this.#refuseSubscribing(participant, participantId, 'INSUFFICIENT_CAPABILITIES');
      }
      return;
    }
    if (participant.subscriber || wishes.length === 0) {
      participant.subscriber?.setWish(wishes, decodableCodecs(codecs));
      return;
    }
    this.#openMedia()
      .then((media) => {
        if (participant.left || participant.subscriber) return;
        participant.subscriber = media.createSubscriber();
        this.#watchSubscriber(participant, participant.subscriber, media);
        participant.subscriber.setWish(participant.wish.wishes, decodableCodecs(participant.wish.codecs));
      })
      .catch((error) => this.#mediaFailed(participant, error));
  }

  // Media

  #openMedia(): Promise<StageMedia> {
    this.#media ??= this.#createMedia();
    return this.#media;
  }

  async #createMedia(): Promise<StageMedia> {
    try {
      const media = await this.#options.sfu.createStage();
      media.once('closed', () => this.#mediaLost(media));
      return media;
    } catch (error) {
      this.#media = undefined;
      throw error;
    }
  }

  #closeMedia(): void {
    const media = this.#media;
    this.#media = undefined;
    media?.then(
      (opened) => opened.close(),
      () => undefined, // it never opened: whoever asked for it was told
    );
  }

  /** The worker died. Publishers have told their ends; who subscribes by our offer gets a new one when media is back. */
  #mediaLost(media: StageMedia): void {
    if (!this.#media) return;
    this.#media.then((current) => {
      if (current === media) this.#media = undefined;
      for (const participant of this.#participants.values()) {
        if (!participant.subscriber) continue;
        participant.subscriber = undefined;
        this.#applyWish(participant);
      }
    });
  }

  #mediaFailed(participant: LiveParticipant, error: unknown): void {
    this.#logger.warn({ err: error, participantId: participant.id }, 'media of a participant failed');
  }

  #watchPublisher(participant: LiveParticipant, publisher: Publisher): void {
    publisher.on('media', () => {
      this.#publishStartedIfFlowing(participant);
      this.#stateChanged();
    });
    publisher.once('connected', () => this.#publishStartedIfFlowing(participant));
    publisher.once('ended', (reason) => this.#publisherEnded(participant, publisher, reason));
    this.#applyMute(participant);
    if (publisher.ended) this.#publisherEnded(participant, publisher, 'lost');
  }

  /** A publish counts from its first packet on; a client whose streams are all muted sends none, but is there. */
  #publishStartedIfFlowing(participant: LiveParticipant): void {
    const { publish, muteState } = participant;
    if (!publish || publish.started || publish.media.ended) return;
    const muted = publish.media.connected && muteState.audioMuted && muteState.videoStopped;
    if (publish.media.kinds.length === 0 && !muted) return;
    publish.started = true;
    participant.record = { ...participant.record, published: true, protocol: 'WHIP' };
    this.#record(participant, this.#journal.event('PUBLISH_STARTED', participant.id));
    this.#logger.info({ participantId: participant.id }, 'publish started');
    this.#stateChanged();
  }

  #publisherEnded(participant: LiveParticipant, publisher: Publisher, reason: string): void {
    const { publish } = participant;
    if (publish?.media !== publisher) return;
    participant.publish = undefined;
    this.#lastPublishedMs = this.#options.clock.now().getTime();
    if (publish.started) {
      this.#record(participant, this.#journal.event('PUBLISH_STOPPED', participant.id));
      this.#logger.info({ participantId: participant.id, reason }, 'publish stopped');
      this.#stateChanged();
    }
    this.#leaveIfIdle(participant);
  }

  #watchSubscriber(participant: LiveParticipant, subscriber: Subscriber, media: StageMedia): void {
    const send = (type: string, payload: object) => participant.socket?.send(JSON.stringify({ type, payload }));
    subscriber.on('offer', (offer) => send('SUBSCRIBER_OFFER', offer));
    subscriber.on('subscribed', (publisherId) => this.#subscribed(participant, publisherId));
    subscriber.on('unsubscribed', (publisherId) => this.#unsubscribed(participant, publisherId));
    subscriber.on('refused', (publisherId, kind) =>
      this.#refuseSubscribing(
        participant,
        publisherId,
        kind === 'audio' ? 'INVALID_AUDIO_CODEC' : 'INVALID_VIDEO_CODEC',
      ),
    );
    subscriber.on('failed', (error) => this.#mediaFailed(participant, error));
    subscriber.once('closed', () => media.removeSubscriber(subscriber));
  }

  #dropSubscriber(participant: LiveParticipant): void {
    participant.subscriber?.close();
    participant.subscriber = undefined;
    participant.wish = { wishes: [], codecs: [] };
  }

  // Telling and recording

  #subscribed(participant: LiveParticipant, publisherId: string): void {
    this.#record(
      participant,
      this.#journal.event('SUBSCRIBE_STARTED', participant.id, { remoteParticipantId: publisherId }),
    );
  }

  #unsubscribed(participant: LiveParticipant, publisherId: string): void {
    this.#record(
      participant,
      this.#journal.event('SUBSCRIBE_STOPPED', participant.id, { remoteParticipantId: publisherId }),
    );
  }

  #refuseSubscribing(participant: LiveParticipant, publisherId: string, errorCode: EventErrorCode): void {
    const payload = { participantId: publisherId, errorCode };
    participant.socket?.send(JSON.stringify({ type: 'SUBSCRIBE_ERROR', payload }));
    const details = { remoteParticipantId: publisherId, errorCode };
    this.#record(participant, this.#journal.event('SUBSCRIBE_ERROR', participant.id, details));
  }

  /** Writes the error event, where there is a session to write it to, and gives the refusal to throw. */
  async #refuse(
    name: 'PUBLISH_ERROR' | 'SUBSCRIBE_ERROR',
    { participantId }: ParticipantClaims,
    errorCode: EventErrorCode,
    message: string,
    remoteParticipantId?: string,
  ): Promise<StageRefusal> {
    const event = this.#journal.event(name, participantId, {
      errorCode,
      ...(remoteParticipantId ? { remoteParticipantId } : {}),
    });
    await this.#journal.write({ events: [event] });
    if (this.#participants.size === 0) this.#scheduleSessionEnd();
    return refusalFor(errorCode, message);
  }

  /** Writes down how the participant stands now, and what happened. */
  #record(participant: LiveParticipant, ...events: Event[]): void {
    this.#journal.record({ record: participant.record, events });
  }

  #stateChanged(): void {
    this.#stateTimer ??= setTimeout(() => {
      this.#stateTimer = undefined;
      const message = this.#stateMessage();
      for (const { socket } of this.#participants.values()) socket?.send(message);
    }, STATE_DELAY_MS);
  }

  #stateMessage(): string {
    return stageStateMessage(this.#stageId, this.#participants.values());
  }

  // The session

  #scheduleSessionEnd(): void {
    clearTimeout(this.#lingerTimer);
    if (this.#ended) return;
    const now = this.#options.clock.now().getTime();
    const delayMs = Math.max(0, this.#lastPublishedMs + this.#options.sessionLingerMs - now);
    this.#lingerTimer = setTimeout(() => {
      if (this.#participants.size > 0) return;
      this.#endSession().catch((error) => this.#logger.error({ err: error }, 'a stage session was not ended'));
    }, delayMs);
  }

  async #endSession(): Promise<void> {
    clearTimeout(this.#lingerTimer);
    await this.#journal.closeSession();
    if (this.#participants.size > 0 || this.#journal.hasSession) return;
    clearTimeout(this.#stateTimer);
    this.#options.onEmpty();
  }
}

/** Nobody subscribes to itself. */
function readWish(ownId: string, { codecs, participants }: SubscribePayload): LiveParticipant['wish'] {
  const wishes = participants
    .filter(({ id }) => id !== ownId)
    .map(({ id, subscribeType }) => ({
      participantId: id,
      kinds: subscribeType === 'AUDIO_ONLY' ? (['audio'] as const) : (['audio', 'video'] as const),
    }));
  return { wishes, codecs };
}

function leftMeanwhile(): StageRefusal {
  return new StageRefusal(403, StageErrorCode.FAILED, 'The participant left meanwhile');
}

/** The stage's codecs among those that a browser names (`video/H264`). */
function decodableCodecs(names: readonly string[]): Set<CodecName> {
  const known: Readonly<Record<string, CodecName>> = { 'audio/opus': 'opus', 'video/h264': 'h264', 'video/vp8': 'vp8' };
  return new Set(names.flatMap((name) => known[name.toLowerCase()] ?? []));
}

import type { Sfu, StageMedia, Subscription, WhipPublisher } from '@proscenium/media';
import type { Logger } from 'pino';
import type { Alarm, AlarmClock } from '../clock.ts';
import type { EventLog } from '../events/service-event.ts';
import {
  closeForLeft,
  closeForRefusal,
  type LeftReason,
  type SocketClose,
  StageErrorCode,
} from '../signalling/close-codes.ts';
import type { EventsSocket } from '../signalling/events-socket.ts';
import type { ClientMessage } from '../signalling/messages.ts';
import type { Database, Store } from '../store/store.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import { checkUnexpired } from '../tokens/token-refusal.ts';
import { type JoinTracing, noJoinTracing } from '../tracing/join-tracing.ts';
import type { TurnServers } from '../turn/turn-servers.ts';
import type { StagePlaces } from './capacity.ts';
import { type ClientData, clientAttribute } from './client-data.ts';
import { LiveParticipant } from './live-participant.ts';
import type { LiveStageEvents, StageRef } from './live-stages.ts';
import type { MediaLimits } from './media-limits.ts';
import { newParticipantRecord, type ParticipantOrigin } from './participant-record.ts';
import {
  applyRecordingChange,
  type ParticipantOfSession,
  type RecordingChange,
  recordingMembers,
} from './participant-recording.ts';
import type { ParticipantRecord } from './participant-table.ts';
import type { DepartureReason } from './participant-updates.ts';
import { StageAudio } from './stage-audio.ts';
import { departureBefore, type MediaResource, recordRefusal, type StageContext } from './stage-context.ts';
import { StageExchanging } from './stage-exchanging.ts';
import { StageIngesting } from './stage-ingesting.ts';
import { type JournalEntry, StageJournal, type StageJournalParts, type StageSession } from './stage-journal.ts';
import { StagePublishing } from './stage-publishing.ts';
import { leftMeanwhile, replicaPresent, type StageRefusal } from './stage-refusal.ts';
import { type LiveReplica, type ReplicatedPublisher, StageReplicas } from './stage-replicas.ts';
import { stageStateMessage } from './stage-state.ts';
import { StageSubscribing } from './stage-subscribing.ts';
import { SubscriptionPlaces } from './subscription-places.ts';

export interface LiveStageOptions extends Pick<StageJournalParts, 'onEvents'> {
  readonly store: Store;
  readonly sfu: Sfu;
  readonly clock: AlarmClock;
  readonly logger: Logger;
  readonly events: EventLog;
  readonly tracing?: JoinTracing | undefined;
  /** How long a session outlives its last publisher once nobody is connected. */
  readonly sessionLingerMs: number;
  /** How long a participant whose events socket was lost is waited for. */
  readonly reconnectGraceMs: number;
  readonly limits: MediaLimits;
  readonly places: StagePlaces;
  /** Least time between two events about who speaks; 0 for no such events. */
  readonly activeSpeakerIntervalMs: number;
  /** Whether the world is told who comes and goes. */
  readonly participantUpdates: boolean;
  /** Relays that clients are told of; undefined: there are none. */
  readonly turn: TurnServers | undefined;
  /** Throws a refusal for a participant that may not be in the stage (any more). */
  readonly admit: (claims: ParticipantClaims) => Promise<void>;
  /** Reads a token that is to take the place of a participant's present one. Throws a refusal for one that cannot. */
  readonly exchange: (present: ParticipantClaims, token: string) => Promise<ParticipantClaims>;
  /** What others may want to know of a publisher. */
  readonly onChange: (participantId: string, change: keyof LiveStageEvents) => void;
  /** Nobody is in the stage any more; its session may linger. */
  readonly onDeserted: () => void;
  /** The stage has neither participants nor a session left. */
  readonly onEmpty: () => void;
}

/** Several changes at once are told as one state. */
const STATE_DELAY_MS = 10;
/** Each is written down: a client that names another one again and again fills no disk. */
const MAXIMUM_SDK_VERSION_CHANGES = 10;
/** A session whose end could not be written is tried to be ended again. */
const RETRY_DELAY_MS = 10_000;

/**
 * A stage with somebody in it, or with a session that lingers: who is connected, and what all of them are told.
 *
 * Everything that happens is applied in memory at once and written down in the same order; a join is answered when it is
 * durable.
 */
export class LiveStage {
  readonly ref: StageRef;
  /** Who publishes into it by RTMP. */
  readonly encoders: StageIngesting;
  readonly #options: LiveStageOptions;
  readonly #logger: Logger;
  readonly #journal: StageJournal;
  readonly #publishing: StagePublishing;
  readonly #subscribing: StageSubscribing;
  readonly #replicas: StageReplicas;
  readonly #exchanging: StageExchanging;
  readonly #audio: StageAudio;
  readonly #participants = new Map<string, LiveParticipant>();
  #media: Promise<StageMedia> | undefined;
  #lingerAlarm: Alarm | undefined;
  /** When somebody published last, in milliseconds since 1970; the stage's beginning until then. */
  #lastPublishedMs: number;
  /** The session does not end before, in milliseconds since 1970. */
  #keptUntilMs = 0;
  #stateTimer: NodeJS.Timeout | undefined;
  /** Set when the stage takes nobody in any more. */
  #ended: StageRefusal | undefined;

  /** @param session that was running when the server stopped, if any */
  constructor(ref: StageRef, options: LiveStageOptions, session?: StageSession) {
    this.ref = ref;
    this.#options = options;
    this.#logger = options.logger.child({ stageId: ref.stageId });
    this.#lastPublishedMs = options.clock.now().getTime();
    this.#journal = new StageJournal(ref, { ...options, logger: this.#logger }, session);
    const context: StageContext = {
      places: options.places,
      journal: this.#journal,
      logger: this.#logger,
      participants: this.#participants,
      attend: (claims, origin, work) => this.#attend(claims, origin, work),
      orEmpty: (work) => this.#orEmpty(work),
      enter: (claims, record) => this.#enter(claims, record),
      openMedia: () => this.#openMedia(),
      tracing: options.tracing ?? noJoinTracing,
      leave: (participant, reason) => this.#putOut(participant, reason),
      leaveIfIdle: (participant, reason) => this.#leaveIfIdle(participant, reason),
      stateChanged: () => this.#stateChanged(),
      tell: (change, participantId) => {
        if (change === 'unpublished') this.#lastPublishedMs = options.clock.now().getTime();
        options.onChange(participantId, change);
      },
    };
    this.#publishing = new StagePublishing(context, options);
    this.encoders = new StageIngesting(context, this.#publishing);
    this.#subscribing = new StageSubscribing(context, options);
    this.#replicas = new StageReplicas(ref, context, options);
    this.#exchanging = new StageExchanging(context, options, {
      publishing: this.#publishing,
      subscribing: this.#subscribing,
      hear: (participant, socket, message) => this.#hear(participant, socket, message),
    });
    this.#audio = new StageAudio(context, options);
    if (session) this.#endSessionLater();
  }

  /** Those that are in the stage now. */
  get participants(): Iterable<LiveParticipant> {
    return this.#participants.values();
  }

  get participantCount(): number {
    return this.#participants.size;
  }

  /** Whether it has a session: who comes now begins none. */
  get hasSession(): boolean {
    return this.#participants.size > 0 || this.#journal.hasSession;
  }

  /** Ids of those whose media flows and can be received. */
  get publishers(): readonly string[] {
    const seen = [...this.#participants.values()].filter(({ isPublishing, isPhysical }) => isPublishing && !isPhysical);
    return seen.map(({ id }) => id);
  }

  /** How many publish, or are about to. */
  get publisherPlaces(): number {
    return this.#options.places.publishers.stage.taken;
  }

  /** Joins by an events socket. @throws {StageRefusal | TokenRefusal} */
  connect(claims: ParticipantClaims, client: ClientData, socket: EventsSocket): Promise<void> {
    const attach = async (participant: LiveParticipant) => {
      if (!socket.closed) this.#attachSocket(participant, socket);
    };
    return this.#orEmpty(() => this.#attend(claims, client, attach, () => departureBefore(socket)));
  }

  /** Publishes by WHIP. @throws {StageRefusal | TokenRefusal | MediaRefusal} */
  async publish(claims: ParticipantClaims, client: ClientData, offer: string): Promise<MediaResource<WhipPublisher>> {
    return this.#orEmpty(() => this.#publishing.publish(claims, client, offer));
  }

  /** Subscribes to one publisher by POST. @throws {StageRefusal | TokenRefusal | MediaRefusal} */
  async subscribe(
    claims: ParticipantClaims,
    client: ClientData,
    publisherId: string,
    offer: string,
  ): Promise<MediaResource<Subscription>> {
    return this.#orEmpty(() => this.#subscribing.subscribe(claims, client, publisherId, offer));
  }

  /** Takes in the copy of another stage's publisher. @throws {ConflictException | StageRefusal | MediaRefusal} */
  async takeReplica(source: ReplicatedPublisher, onBroken: (cause: Error) => void): Promise<LiveReplica> {
    return this.#orEmpty(() => this.#replicas.add(source, onBroken));
  }

  /** The participant, if its media flows. */
  publisher(participantId: string): LiveParticipant | undefined {
    const participant = this.#participants.get(participantId);
    return participant?.isPublishing ? participant : undefined;
  }

  isRepublishing(participantId: string): boolean {
    return (this.#participants.get(participantId)?.publishesPending ?? 0) > 0;
  }

  /** A publish or a subscription of this participant that was POSTed. */
  findResource(participantId: string, resourceId: string): MediaResource | undefined {
    const participant = this.#participants.get(participantId);
    const posted = participant?.publish?.resource;
    return posted?.resourceId === resourceId ? posted : participant?.subscriptions.get(resourceId);
  }

  /** Resolves when it is durable. */
  async disconnect(participantId: string): Promise<void> {
    const participant = this.#participants.get(participantId);
    if (participant) this.#putOut(participant, 'participant-disconnected');
    await this.#journal.settled();
  }

  disconnectConnection(connectionKey: string): void {
    for (const participant of this.#participants.values()) {
      if (participant.connectionKey !== connectionKey) continue;
      this.#putOut(participant, 'real-time-connection-token-revocation');
    }
  }

  /** Runs what others have to write about this stage, in order with its own entries. Resolves when it is durable. */
  write<T>(work: (trx: Database) => Promise<T>): Promise<T> {
    return this.#journal.transact(work);
  }

  /** Has a participant, if it is here in this session, show how it is recorded. */
  showRecording({ sessionId, participantId }: ParticipantOfSession, change: RecordingChange): void {
    const participant = this.#participants.get(participantId);
    if (!participant) return;
    if (!participant.recorded) participant.earlyRecordingChanges.push({ sessionId, change });
    else if (participant.sessionId === sessionId) applyRecordingChange(participant, change);
  }

  /** The session, if one is running, does not end before so long. */
  keepSession(durationMs: number): void {
    this.#keptUntilMs = Math.max(this.#keptUntilMs, this.#options.clock.now().getTime() + durationMs);
    if (this.#participants.size === 0) this.#endSessionLater();
  }

  /** The stage is gone: everybody leaves, and the session ends. Resolves when it is durable. */
  async end(refusal: StageRefusal, reason: LeftReason): Promise<void> {
    this.#ended = refusal;
    for (const participant of this.#participants.values()) this.#putOut(participant, reason);
    try {
      await this.#endSession();
    } catch (error) {
      this.#options.onEmpty(); // the session's row goes with the stage
      throw error;
    }
  }

  /** Everybody leaves, and the session stays for the server's next start. Resolves when it is durable. */
  async shutDown(refusal: StageRefusal, close: SocketClose): Promise<void> {
    this.#ended = refusal;
    for (const participant of this.#participants.values()) this.#leave(participant, close, 'unknown');
    this.#lingerAlarm?.cancel();
    clearTimeout(this.#stateTimer);
    this.#audio.close();
    await this.#journal.settled();
  }

  async #attend<T>(
    claims: ParticipantClaims,
    origin: ParticipantOrigin,
    work: (participant: LiveParticipant) => Promise<T>,
    departure?: () => DepartureReason,
  ): Promise<T> {
    if (this.#ended) throw this.#ended;
    let participant = this.#participants.get(claims.participantId);
    if (participant?.isReplica) throw replicaPresent();
    const standing = participant?.standing(claims) ?? claims;
    if (standing !== claims) checkUnexpired(standing.expiresAt, this.#options.clock);
    if (!participant) {
      if (this.#participants.size >= this.#options.places.participants) throw await this.#full(claims);
      participant = this.#enter(claims, newParticipantRecord(claims, origin, this.#options.clock.now()));
      participant.countryCode = origin.countryCode ?? '';
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
      this.#leaveIfIdle(participant, departure?.());
    }
  }

  #enter(claims: ParticipantClaims, record: ParticipantRecord): LiveParticipant {
    if (this.#ended) throw this.#ended;
    this.#lingerAlarm?.cancel();
    const places = new SubscriptionPlaces(this.#options.places, () => this.#subscribing.setDurationAlarm(participant));
    const participant: LiveParticipant = new LiveParticipant(claims, record, places);
    this.#participants.set(participant.id, participant);
    participant.joined = this.#recordJoin(participant);
    return participant;
  }

  #full(claims: ParticipantClaims): Promise<StageRefusal> {
    const error = { name: 'JOIN_ERROR', errorCode: 'QUOTA_EXCEEDED' } as const;
    const message = `There are ${this.#options.places.participants} participants in the stage already`;
    return recordRefusal({ journal: this.#journal }, claims, error, message);
  }

  async #recordJoin(participant: LiveParticipant): Promise<void> {
    try {
      const { sessionId } = await this.#journal.openSession();
      const earlier = await this.#journal.earlierRecord(participant.id);
      if (earlier) {
        const { firstJoinTime, published, protocol } = earlier;
        const recording = recordingMembers(earlier);
        participant.record = { ...participant.record, firstJoinTime, published, protocol, ...recording };
        const changes = participant.earlyRecordingChanges.filter((early) => early.sessionId === sessionId);
        for (const { change } of changes) applyRecordingChange(participant, change);
      }
      if (participant.left) throw this.#ended ?? leftMeanwhile();
      participant.sessionId = sessionId;
      participant.recorded = true;
      participant.earlyRecordingChanges.length = 0;
      await this.#journal.write(this.#visit(participant, 'JOINED'));
      this.#logger.info({ participantId: participant.id, sessionId }, 'participant joined');
      this.#stateChanged();
    } catch (error) {
      participant.left = true;
      if (this.#participants.get(participant.id) === participant) this.#participants.delete(participant.id);
      throw error;
    }
  }

  /** It has neither a socket nor media any more: there is nobody to be told why. */
  #leaveIfIdle(participant: LiveParticipant, reason: DepartureReason = 'user-initiated'): void {
    if (participant.idle && !participant.left) this.#leave(participant, closeForLeft('user-initiated'), reason);
  }

  #putOut(participant: LiveParticipant, reason: LeftReason): void {
    this.#leave(participant, closeForLeft(reason), reason);
  }

  #leave(participant: LiveParticipant, close: SocketClose, leftReason: DepartureReason): void {
    if (participant.left) return;
    participant.left = true;
    this.#participants.delete(participant.id);
    participant.graceAlarm?.cancel();
    participant.exchangePace?.cancel();
    participant.publish?.media.close(leftReason);
    participant.replica?.close();
    for (const { media } of [...participant.subscriptions.values()]) media.close();
    this.#subscribing.drop(participant);
    participant.socket?.close(close);
    participant.record = { ...participant.record, state: 'DISCONNECTED' };
    if (participant.recorded) this.#journal.record({ ...this.#visit(participant, 'LEFT'), leftReason });
    this.#logger.info({ participantId: participant.id, reason: leftReason }, 'participant left');
    this.#stateChanged();
    if (this.#participants.size === 0) {
      this.#closeMedia();
      this.#deserted();
    }
  }

  #visit({ id, record, isReplica: replica }: LiveParticipant, name: 'JOINED' | 'LEFT'): JournalEntry {
    return { record, events: [this.#journal.event(name, id, { replica })] };
  }

  #attachSocket(participant: LiveParticipant, socket: EventsSocket): void {
    const { previous, evicted } = participant.attachSocket(socket);
    if (evicted) this.#subscribing.drop(participant);
    previous?.close(evicted ? closeForLeft('token-reused') : closeForRefusal(StageErrorCode.TIMEOUT));
    socket.on('message', (message) => this.#hear(participant, socket, message));
    socket.once('closed', (said) => this.#socketClosed(participant, socket, said));
    // First, so that it is there for what a client begins with.
    this.#options.turn?.accompany(participant.id, socket);
    socket.sendState(this.#stateMessage());
    this.#audio.greet(socket);
    participant.subscriber?.resend();
    this.#publishing.tellLayers(participant);
    socket.open();
  }

  #socketClosed(participant: LiveParticipant, socket: EventsSocket, said: SocketClose | undefined): void {
    if (participant.socket !== socket) return;
    participant.socket = undefined;
    if (participant.left) return;
    this.#logger.info({ participantId: participant.id, reason: said?.reason }, 'events socket lost');
    participant.graceAlarm = this.#options.clock.setAlarm(this.#options.reconnectGraceMs, () => {
      participant.graceAlarm = undefined;
      this.#subscribing.drop(participant);
      this.#leaveIfIdle(participant, 'unknown');
    });
  }

  #hear(participant: LiveParticipant, socket: EventsSocket, message: ClientMessage): void {
    if (participant.socket !== socket || this.#exchanging.keepsWaiting(participant, socket, message)) return;
    this.#receive(participant, socket, message);
  }

  #receive(participant: LiveParticipant, socket: EventsSocket, message: ClientMessage): void {
    switch (message.type) {
      case 'LEAVE':
        this.#putOut(participant, 'user-initiated');
        break;
      case 'CLIENT_INFO':
        this.#setSdkVersion(participant, clientAttribute(message.payload.sdkVersion));
        break;
      case 'MUTE':
        this.#publishing.setMuted(participant, message.payload);
        break;
      case 'SUBSCRIBE':
        this.#subscribing.setWish(participant, message.payload);
        break;
      case 'SUBSCRIBER_ANSWER':
        this.#subscribing.takeAnswer(participant, message.payload);
        break;
      case 'PLAYBACK_REPORT':
        participant.playback.report(message.payload);
        break;
      case 'RESTART_ICE':
        participant.subscriber?.restartIce(message.payload.transportId);
        break;
      case 'TOKEN_EXCHANGE':
        this.#exchanging.exchange(participant, socket, message.payload);
        break;
      case 'PING':
        break; // the socket answers it
    }
  }

  #setSdkVersion(participant: LiveParticipant, sdkVersion: string): void {
    if (participant.record.sdkVersion === sdkVersion) return;
    if (participant.sdkVersionChanges >= MAXIMUM_SDK_VERSION_CHANGES) return;
    participant.sdkVersionChanges += 1;
    participant.record = { ...participant.record, sdkVersion };
    this.#journal.record({ record: participant.record });
  }

  /** Serves whoever wants something and has no media: to be called when there are workers again. */
  serveAgain(): void {
    for (const participant of this.#participants.values()) {
      if (!participant.subscriber && participant.wish.wishes.length > 0) this.#subscribing.applyWish(participant);
    }
  }

  #openMedia(): Promise<StageMedia> {
    if (this.#media) return this.#media;
    const opening = this.#options.sfu.createStage();
    this.#media = opening;
    const forget = () => {
      if (this.#media === opening) this.#media = undefined;
    };
    opening.then((media) => {
      this.#audio.watch(media.audioLevels);
      media.once('closed', () => {
        const unexpected = this.#media === opening;
        forget();
        if (unexpected) this.#mediaLost();
      });
    }, forget);
    return opening;
  }

  #closeMedia(): void {
    const media = this.#media;
    this.#media = undefined;
    media?.then(
      (opened) => opened.close(),
      () => undefined, // it never opened: whoever asked for it was told
    );
  }

  /**
   * The worker died. Publishers and subscriptions have told their ends; who receives by our offer is offered anew, from
   * another worker or when this one is replaced.
   */
  #mediaLost(): void {
    for (const participant of this.#participants.values()) participant.subscriber = undefined;
    this.serveAgain();
  }

  #stateChanged(): void {
    this.#stateTimer ??= setTimeout(
      () => {
        this.#stateTimer = undefined;
        const message = this.#stateMessage();
        for (const { socket } of this.#participants.values()) socket?.sendState(message);
        // A full stage is told less often: each state is as long as the stage is full, and goes to all.
      },
      Math.max(STATE_DELAY_MS, this.#participants.size),
    );
  }

  #stateMessage(): string {
    return stageStateMessage(this.ref.stageId, this.#participants.values());
  }

  async #orEmpty<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      if (this.#participants.size === 0) this.#deserted();
    }
  }

  #deserted(): void {
    this.#endSessionLater();
    this.#options.onDeserted();
  }

  /** The session ends when nobody is connected and nobody has published for the linger time. */
  #endSessionLater(minimumMs = 0): void {
    this.#lingerAlarm?.cancel();
    if (this.#ended) return;
    const lingersUntilMs = this.#lastPublishedMs + this.#options.sessionLingerMs;
    const restMs = Math.max(lingersUntilMs, this.#keptUntilMs) - this.#options.clock.now().getTime();
    const delayMs = Math.max(minimumMs, restMs);
    this.#lingerAlarm = this.#options.clock.setAlarm(delayMs, () => {
      if (this.#participants.size > 0) return;
      this.#endSession().catch((error) => {
        this.#logger.error({ err: error }, 'a stage session was not ended');
        this.#endSessionLater(RETRY_DELAY_MS);
      });
    });
  }

  async #endSession(): Promise<void> {
    this.#lingerAlarm?.cancel();
    await this.#journal.closeSession();
    if (this.#participants.size > 0 || this.#journal.hasSession) return;
    clearTimeout(this.#stateTimer);
    this.#audio.close();
    this.#options.onEmpty();
  }
}

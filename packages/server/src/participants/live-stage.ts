import type { Sfu, Subscription, WhipPublisher } from '@proscenium/media';
import type { Logger } from 'pino';
import type { AlarmClock } from '../clock.ts';
import type { EventLog } from '../events/service-event.ts';
import type { LeftReason, SocketClose } from '../signalling/close-codes.ts';
import type { EventsSocket } from '../signalling/events-socket.ts';
import type { Database, Store } from '../store/store.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import { type JoinTracing, noJoinTracing } from '../tracing/join-tracing.ts';
import type { TurnServers } from '../turn/turn-servers.ts';
import type { StagePlaces } from './capacity.ts';
import type { ClientData } from './client-data.ts';
import type { LiveParticipant } from './live-participant.ts';
import type { LiveStageEvents, StageRef } from './live-stages.ts';
import type { MediaLimits } from './media-limits.ts';
import { applyRecordingChange, type ParticipantOfSession, type RecordingChange } from './participant-recording.ts';
import { SharedMedia } from './shared-media.ts';
import { StageAttendance } from './stage-attendance.ts';
import { StageAudio } from './stage-audio.ts';
import { departureBefore, type MediaResource, type StageContext } from './stage-context.ts';
import { StageIngesting } from './stage-ingesting.ts';
import { StageJournal, type StageJournalParts, type StageSession } from './stage-journal.ts';
import { StageLingering } from './stage-lingering.ts';
import { StagePublishing } from './stage-publishing.ts';
import type { StageRefusal } from './stage-refusal.ts';
import { type LiveReplica, type ReplicatedPublisher, StageReplicas } from './stage-replicas.ts';
import { StageSockets } from './stage-sockets.ts';
import { StageState } from './stage-state.ts';
import { StageSubscribing } from './stage-subscribing.ts';

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
  readonly #participants = new Map<string, LiveParticipant>();
  readonly #journal: StageJournal;
  readonly #publishing: StagePublishing;
  readonly #subscribing: StageSubscribing;
  readonly #replicas: StageReplicas;
  readonly #attendance: StageAttendance;
  readonly #sockets: StageSockets;
  readonly #audio: StageAudio;
  readonly #state: StageState;
  readonly #lingering: StageLingering;

  /** @param session that was running when the server stopped, if any */
  constructor(ref: StageRef, options: LiveStageOptions, session?: StageSession) {
    this.ref = ref;
    this.#options = options;
    const logger = options.logger.child({ stageId: ref.stageId });
    const participants = this.#participants;
    this.#journal = new StageJournal(ref, { ...options, logger }, session);
    this.#state = new StageState(ref.stageId, participants);
    const media = new SharedMedia({
      sfu: options.sfu,
      onOpened: ({ audioLevels }) => this.#audio.watch(audioLevels),
      onLost: () => this.#mediaLost(),
    });
    const context: StageContext = {
      places: options.places,
      journal: this.#journal,
      logger,
      participants,
      attend: (claims, origin, work) => this.#attendance.attend(claims, origin, work),
      orEmpty: (work) => this.#attendance.orEmpty(work),
      enter: (claims, record) => this.#attendance.enter(claims, record),
      openMedia: () => media.open(),
      tracing: options.tracing ?? noJoinTracing,
      leave: (participant, reason) => this.#attendance.putOut(participant, reason),
      leaveIfIdle: (participant, reason) => this.#attendance.leaveIfIdle(participant, reason),
      stateChanged: () => this.#state.changed(),
      tell: (change, participantId) => {
        if (change === 'unpublished') this.#lingering.unpublished();
        options.onChange(participantId, change);
      },
    };
    this.#publishing = new StagePublishing(context, options);
    this.encoders = new StageIngesting(context, this.#publishing);
    this.#subscribing = new StageSubscribing(context, options);
    this.#replicas = new StageReplicas(ref, context, options);
    this.#audio = new StageAudio(context, options);
    this.#lingering = new StageLingering(context, { ...options, onEnded: () => this.#sessionEnded() });
    this.#attendance = new StageAttendance(context, options, {
      participants,
      lingering: this.#lingering,
      media,
      subscribing: this.#subscribing,
    });
    this.#sockets = new StageSockets(context, options, {
      publishing: this.#publishing,
      subscribing: this.#subscribing,
      audio: this.#audio,
      state: this.#state,
    });
    if (session) this.#lingering.begin();
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
      if (!socket.closed) this.#sockets.attach(participant, socket);
    };
    const attendance = this.#attendance;
    return attendance.orEmpty(() => attendance.attend(claims, client, attach, () => departureBefore(socket)));
  }

  /** Publishes by WHIP. @throws {StageRefusal | TokenRefusal | MediaRefusal} */
  async publish(claims: ParticipantClaims, client: ClientData, offer: string): Promise<MediaResource<WhipPublisher>> {
    return this.#attendance.orEmpty(() => this.#publishing.publish(claims, client, offer));
  }

  /** Subscribes to one publisher by POST. @throws {StageRefusal | TokenRefusal | MediaRefusal} */
  async subscribe(
    claims: ParticipantClaims,
    client: ClientData,
    publisherId: string,
    offer: string,
  ): Promise<MediaResource<Subscription>> {
    return this.#attendance.orEmpty(() => this.#subscribing.subscribe(claims, client, publisherId, offer));
  }

  /** Takes in the copy of another stage's publisher. @throws {ConflictException | StageRefusal | MediaRefusal} */
  async takeReplica(source: ReplicatedPublisher, onBroken: (cause: Error) => void): Promise<LiveReplica> {
    return this.#attendance.orEmpty(() => this.#replicas.add(source, onBroken));
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
    if (participant) this.#attendance.putOut(participant, 'participant-disconnected');
    await this.#journal.settled();
  }

  disconnectConnection(connectionKey: string): void {
    for (const participant of this.#participants.values()) {
      if (participant.connectionKey !== connectionKey) continue;
      this.#attendance.putOut(participant, 'real-time-connection-token-revocation');
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
    this.#lingering.keep(durationMs);
  }

  /** The stage is gone: everybody leaves, and the session ends. Resolves when it is durable. */
  async end(refusal: StageRefusal, reason: LeftReason): Promise<void> {
    this.#attendance.close(refusal);
    for (const participant of this.#participants.values()) this.#attendance.putOut(participant, reason);
    try {
      await this.#lingering.end();
    } catch (error) {
      this.#options.onEmpty(); // the session's row goes with the stage
      throw error;
    }
  }

  /** Everybody leaves, and the session stays for the server's next start. Resolves when it is durable. */
  async shutDown(refusal: StageRefusal, close: SocketClose): Promise<void> {
    this.#attendance.close(refusal);
    for (const participant of this.#participants.values()) this.#attendance.leave(participant, close, 'unknown');
    this.#state.close();
    this.#audio.close();
    await this.#journal.settled();
  }

  /** Serves whoever wants something and has no media: to be called when there are workers again. */
  serveAgain(): void {
    for (const participant of this.#participants.values()) {
      if (!participant.subscriber && participant.wish.wishes.length > 0) this.#subscribing.applyWish(participant);
    }
  }

  /**
   * The worker died. Publishers and subscriptions have told their ends; who receives by our offer is offered anew, from
   * another worker or when this one is replaced.
   */
  #mediaLost(): void {
    for (const participant of this.#participants.values()) participant.subscriber = undefined;
    this.serveAgain();
  }

  #sessionEnded(): void {
    this.#state.close();
    this.#audio.close();
    this.#options.onEmpty();
  }
}

import { EventEmitter } from 'node:events';
import type { EventErrorCode } from '@proscenium/model';
import type { RecordedStages } from '../recordings/recorded-stages.ts';
import { GOING_AWAY, StageErrorCode } from '../signalling/close-codes.ts';
import type { Database } from '../store/store.ts';
import { Capacity, type CapacityQuotas } from './capacity.ts';
import { changeRecording, listUnfinished } from './history.ts';
import type { LiveParticipant } from './live-participant.ts';
import { LiveStage, type LiveStageOptions } from './live-stage.ts';
import { type LiveStageEvents, type LiveStages, type StageRef, stageKey } from './live-stages.ts';
import type { MediaLimits } from './media-limits.ts';
import { findOpenMedia } from './participant-event-table.ts';
import type { ParticipantOfSession, RecordingChange } from './participant-recording.ts';
import { listConnectedParticipants, listReplicasOfSession } from './participant-table.ts';
import type { MediaResource } from './stage-context.ts';
import type { EncoderParticipant } from './stage-ingesting.ts';
import { StageJournal, type StageSession } from './stage-journal.ts';
import { StageRefusal } from './stage-refusal.ts';
import { recordUnpublished } from './stage-updates.ts';

export interface StageRegistryOptions
  extends Omit<LiveStageOptions, 'limits' | 'places' | 'onDeserted' | 'onEmpty' | 'onChange'> {
  readonly quotas: CapacityQuotas & MediaLimits;
  /** How many replicas of other stages' publishers are in a stage. */
  readonly replicasIn: (stage: StageRef) => number;
}

/** Participants of an earlier run that are put right at the same time. */
const PARTICIPANTS_AT_ONCE = 100;

/** The stages of this server that have participants or a running session. */
export class StageRegistry extends EventEmitter<LiveStageEvents> implements LiveStages, RecordedStages {
  readonly #options: StageRegistryOptions;
  /** By account, region and id: customers sign tokens that name any stage as one of their own. */
  readonly #stages = new Map<string, LiveStage>();
  readonly #capacity: Capacity;
  #closing = false;
  /** Set when no new session is to begin here. Resolves when nobody is in a stage any more. */
  #draining: PromiseWithResolvers<void> | undefined;

  constructor(options: StageRegistryOptions) {
    super();
    this.#options = options;
    this.#capacity = new Capacity(options.quotas, options.replicasIn);
    options.sfu.on('workerstarted', this.#serveAgain);
  }

  /**
   * Puts the records right that an earlier run of the server left behind: whoever was connected has left, and running
   * sessions get their linger time from now on.
   */
  async recover(): Promise<void> {
    const { store, clock, logger, events: eventLog } = this.#options;
    for (const { stage, seq, session } of await listUnfinished(store.db)) {
      const journal = new StageJournal(stage, this.#options, session);
      const participants = await this.#recoverParticipants(seq, journal);
      if (participants > 0) {
        logger.warn({ stageId: stage.stageId, participants }, 'the last run did not end its stages');
      }
      this.#stages.set(stageKey(stage), this.#create(stage, session));
    }
    // Of stages, say, that were deleted just before that run ended.
    const portion = { time: clock.now(), limit: PARTICIPANTS_AT_ONCE };
    while ((await store.write((trx) => recordUnpublished(trx, eventLog, portion))) > 0);
  }

  /** Has everybody leave who is still connected to a session. @returns how many that were */
  async #recoverParticipants(sessionSeq: number, journal: StageJournal): Promise<number> {
    const { db } = this.#options.store;
    const replicas = await listReplicasOfSession(db, sessionSeq);
    let total = 0;
    for (;;) {
      const connected = await listConnectedParticipants(db, sessionSeq, PARTICIPANTS_AT_ONCE);
      if (connected.length === 0) return total;
      total += connected.length;
      await Promise.all(
        connected.map(async (record) => {
          const { participantId } = record;
          const { publishing, subscribedTo } = await findOpenMedia(db, sessionSeq, participantId);
          const replica = replicas.has(participantId);
          const events = [
            ...(publishing ? [journal.event('PUBLISH_STOPPED', participantId, { replica })] : []),
            ...subscribedTo.map((remoteParticipantId) =>
              journal.event('SUBSCRIBE_STOPPED', participantId, {
                remoteParticipantId,
                replica: replicas.has(remoteParticipantId),
              }),
            ),
            journal.event('LEFT', participantId, { replica }),
          ];
          await journal.write({ record: { ...record, state: 'DISCONNECTED' }, events });
        }),
      );
    }
  }

  /** Those with participants, or with a session that lingers. */
  get stages(): Iterable<LiveStage> {
    return this.#stages.values();
  }

  /** How many are in stages of this server. */
  get participantCount(): number {
    return Array.from(this.#stages.values(), (stage) => stage.participantCount).reduce((a, b) => a + b, 0);
  }

  get draining(): boolean {
    return this.#draining !== undefined;
  }

  /**
   * Lets stages with a session go on, and takes in nobody who would begin another one. Doing it again changes nothing.
   *
   * @returns resolves when the last participant has left; from then on nobody is taken in
   */
  drain(): Promise<void> {
    if (this.#draining) return this.#draining.promise;
    this.#draining = Promise.withResolvers();
    this.#endDrainingIfDeserted();
    return this.#draining.promise;
  }

  /**
   * The live side of a stage. The caller has made sure that the stage exists.
   *
   * @throws {StageRefusal} at shutdown and, where this would begin a session, while draining
   */
  stage(ref: StageRef): LiveStage {
    if (this.#closing) throw goingAway();
    const existing = this.#find(ref);
    if (this.draining && !existing?.hasSession) throw goingAway();
    if (existing) return existing;
    const stage = this.#create(ref);
    this.#stages.set(stageKey(ref), stage);
    return stage;
  }

  /** A participant's publish or subscription that was POSTed and has not ended. */
  findResource(ref: StageRef, participantId: string, resourceId: string): MediaResource | undefined {
    return this.#find(ref)?.findResource(participantId, resourceId);
  }

  /** A participant whose media flows. */
  publisher(ref: StageRef, participantId: string): LiveParticipant | undefined {
    return this.#find(ref)?.publisher(participantId);
  }

  /** Tells of an encoder without a good stream key among the events of the participant that it wanted to be. */
  async turnEncoderAway(encoder: EncoderParticipant, errorCode: EventErrorCode, message: string): Promise<void> {
    await this.#find(encoder.stage)?.encoders.turnAway(encoder, errorCode, message);
  }

  async disconnectParticipant(ref: StageRef, participantId: string): Promise<void> {
    await this.#find(ref)?.disconnect(participantId);
  }

  /** Everybody who came by this real-time connection leaves, also who lost it and is waited for. */
  disconnectConnection(connectionKey: string): void {
    for (const stage of this.#stages.values()) stage.disconnectConnection(connectionKey);
  }

  async endStage(ref: StageRef): Promise<void> {
    const refusal = new StageRefusal(404, StageErrorCode.STAGE_DELETED, 'The stage was deleted');
    await this.#find(ref)?.end(refusal, 'stage-deleted');
  }

  publishers(ref: StageRef): readonly string[] {
    return this.#find(ref)?.publishers ?? [];
  }

  isRepublishing(ref: StageRef, participantId: string): boolean {
    return this.#find(ref)?.isRepublishing(participantId) ?? false;
  }

  publisherPlaces(ref: StageRef): number {
    return this.#find(ref)?.publisherPlaces ?? 0;
  }

  write<T>(ref: StageRef, work: (trx: Database) => Promise<T>): Promise<T> {
    return this.#find(ref)?.write(work) ?? this.#options.store.write(work);
  }

  writeRecording(
    ref: StageRef,
    participant: ParticipantOfSession,
    change: RecordingChange,
    work: (trx: Database) => Promise<void>,
  ): Promise<void> {
    this.#find(ref)?.showRecording(participant, change);
    return this.write(ref, async (trx) => {
      await changeRecording(trx, ref, participant, change);
      await work(trx);
    });
  }

  keepSession(ref: StageRef, durationMs: number): void {
    this.#find(ref)?.keepSession(durationMs);
  }

  /** Puts everybody out. Sessions stay as they are for the next start. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#options.sfu.off('workerstarted', this.#serveAgain);
    await Promise.all(Array.from(this.#stages.values(), (stage) => stage.shutDown(goingAway(), GOING_AWAY)));
    this.#stages.clear();
  }

  readonly #serveAgain = (): void => {
    for (const stage of this.#stages.values()) stage.serveAgain();
  };

  #endDrainingIfDeserted(): void {
    if (!this.#draining || this.participantCount > 0) return;
    this.#closing = true;
    this.#draining.resolve();
  }

  #find(ref: StageRef): LiveStage | undefined {
    return this.#stages.get(stageKey(ref));
  }

  #create(ref: StageRef, session?: StageSession): LiveStage {
    const stage: LiveStage = new LiveStage(
      ref,
      {
        ...this.#options,
        limits: this.#options.quotas,
        places: this.#capacity.ofStage(ref),
        onChange: (participantId, change) => this.emit(change, ref, participantId),
        onDeserted: () => this.#endDrainingIfDeserted(),
        onEmpty: () => {
          if (this.#find(ref) === stage) this.#stages.delete(stageKey(ref));
        },
      },
      session,
    );
    return stage;
  }
}

function goingAway(): StageRefusal {
  return new StageRefusal(503, StageErrorCode.FAILED, 'The server is going away');
}

import { closeForLeft, type LeftReason, type SocketClose } from '../signalling/close-codes.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import { checkUnexpired } from '../tokens/token-refusal.ts';
import { LiveParticipant } from './live-participant.ts';
import type { LiveStageOptions } from './live-stage.ts';
import { newParticipantRecord, type ParticipantOrigin } from './participant-record.ts';
import { applyRecordingChange, recordingMembers } from './participant-recording.ts';
import type { ParticipantRecord } from './participant-table.ts';
import type { DepartureReason } from './participant-updates.ts';
import type { SharedMedia } from './shared-media.ts';
import { recordRefusal, type StageContext } from './stage-context.ts';
import type { JournalEntry } from './stage-journal.ts';
import type { StageLingering } from './stage-lingering.ts';
import { leftMeanwhile, replicaPresent, type StageRefusal } from './stage-refusal.ts';
import type { StageSubscribing } from './stage-subscribing.ts';
import { SubscriptionPlaces } from './subscription-places.ts';

export interface StageAttendanceParts {
  /** Those that are in the stage; nobody else adds or removes any. */
  readonly participants: Map<string, LiveParticipant>;
  readonly lingering: StageLingering;
  readonly media: SharedMedia;
  readonly subscribing: StageSubscribing;
}

/** Who is in a stage: from the request that lets a participant in until nothing holds it there. */
export class StageAttendance {
  readonly #stage: Pick<StageContext, 'journal' | 'logger' | 'places' | 'stateChanged'>;
  readonly #options: Pick<LiveStageOptions, 'clock' | 'admit' | 'onDeserted'>;
  readonly #parts: StageAttendanceParts;
  readonly #participants: Map<string, LiveParticipant>;
  /** Set when the stage takes nobody in any more. */
  #ended: StageRefusal | undefined;

  constructor(
    stage: Pick<StageContext, 'journal' | 'logger' | 'places' | 'stateChanged'>,
    options: Pick<LiveStageOptions, 'clock' | 'admit' | 'onDeserted'>,
    parts: StageAttendanceParts,
  ) {
    this.#stage = stage;
    this.#options = options;
    this.#parts = parts;
    this.#participants = parts.participants;
  }

  /** Does something for a participant that is, or thereby becomes, connected. @throws {StageRefusal | TokenRefusal} */
  async attend<T>(
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
      if (this.#participants.size >= this.#stage.places.participants) throw await this.#full(claims);
      participant = this.enter(claims, newParticipantRecord(claims, origin, this.#options.clock.now()));
      participant.countryCode = origin.countryCode ?? '';
    }
    participant.pending += 1;
    try {
      await participant.joined;
      // Whoever was disconnected or deleted since the token was checked is found here, or was put out by leave().
      await this.#options.admit(claims);
      if (participant.left) throw this.#ended ?? leftMeanwhile();
      return await work(participant);
    } finally {
      participant.pending -= 1;
      this.leaveIfIdle(participant, departure?.());
    }
  }

  /** Has a participant join who is not there, and whom the caller holds in the stage (`pending`). @throws {StageRefusal} */
  enter(claims: ParticipantClaims, record: ParticipantRecord): LiveParticipant {
    if (this.#ended) throw this.#ended;
    const { lingering, subscribing } = this.#parts;
    lingering.cancel();
    const places = new SubscriptionPlaces(this.#stage.places, () => subscribing.setDurationAlarm(participant));
    const participant: LiveParticipant = new LiveParticipant(claims, record, places);
    this.#participants.set(participant.id, participant);
    participant.joined = this.#recordJoin(participant);
    return participant;
  }

  /** It has neither a socket nor media any more: there is nobody to be told why. */
  leaveIfIdle(participant: LiveParticipant, reason: DepartureReason = 'user-initiated'): void {
    if (participant.idle && !participant.left) this.leave(participant, closeForLeft('user-initiated'), reason);
  }

  putOut(participant: LiveParticipant, reason: LeftReason): void {
    this.leave(participant, closeForLeft(reason), reason);
  }

  leave(participant: LiveParticipant, close: SocketClose, leftReason: DepartureReason): void {
    if (participant.left) return;
    const { media: stageMedia, subscribing } = this.#parts;
    const { journal, logger } = this.#stage;
    participant.left = true;
    this.#participants.delete(participant.id);
    participant.graceAlarm?.cancel();
    participant.exchangePace?.cancel();
    participant.publish?.media.close(leftReason);
    participant.replica?.close();
    for (const { media } of [...participant.subscriptions.values()]) media.close();
    subscribing.drop(participant);
    participant.socket?.close(close);
    participant.record = { ...participant.record, state: 'DISCONNECTED' };
    if (participant.recorded) journal.record({ ...this.#visit(participant, 'LEFT'), leftReason });
    logger.info({ participantId: participant.id, reason: leftReason }, 'participant left');
    this.#stage.stateChanged();
    if (this.#participants.size === 0) {
      stageMedia.close();
      this.#deserted();
    }
  }

  /** Has the stage end when nobody is there after a request: it may be refused, or its join may fail. */
  async orEmpty<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      if (this.#participants.size === 0) this.#deserted();
    }
  }

  /** Takes nobody in any more. Those that are there stay until they are put out. */
  close(refusal: StageRefusal): void {
    this.#ended = refusal;
    this.#parts.lingering.close();
  }

  #deserted(): void {
    this.#parts.lingering.begin();
    this.#options.onDeserted();
  }

  #full(claims: ParticipantClaims): Promise<StageRefusal> {
    const error = { name: 'JOIN_ERROR', errorCode: 'QUOTA_EXCEEDED' } as const;
    const message = `There are ${this.#stage.places.participants} participants in the stage already`;
    return recordRefusal(this.#stage, claims, error, message);
  }

  async #recordJoin(participant: LiveParticipant): Promise<void> {
    const { journal, logger } = this.#stage;
    try {
      const { sessionId } = await journal.openSession();
      const earlier = await journal.earlierRecord(participant.id);
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
      await journal.write(this.#visit(participant, 'JOINED'));
      logger.info({ participantId: participant.id, sessionId }, 'participant joined');
      this.#stage.stateChanged();
    } catch (error) {
      participant.left = true;
      if (this.#participants.get(participant.id) === participant) this.#participants.delete(participant.id);
      throw error;
    }
  }

  #visit({ id, record, isReplica: replica }: LiveParticipant, name: 'JOINED' | 'LEFT'): JournalEntry {
    return { record, events: [this.#stage.journal.event(name, id, { replica })] };
  }
}

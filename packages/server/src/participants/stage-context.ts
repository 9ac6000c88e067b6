import type { EndReason, StageMedia, Subscription, WhipPublisher } from '@proscenium/media';
import type { EventErrorCode } from '@proscenium/model';
import type { Logger } from 'pino';
import type { LeftReason } from '../signalling/close-codes.ts';
import type { EventsSocket } from '../signalling/events-socket.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import type { JoinTracing } from '../tracing/join-tracing.ts';
import type { StagePlaces } from './capacity.ts';
import type { LiveParticipant } from './live-participant.ts';
import type { LiveStageEvents } from './live-stages.ts';
import type { ParticipantOrigin } from './participant-record.ts';
import type { ParticipantRecord } from './participant-table.ts';
import type { DepartureReason } from './participant-updates.ts';
import type { StageJournal } from './stage-journal.ts';
import { refusalFor, type StageRefusal } from './stage-refusal.ts';

/** What publishing and subscribing need of their stage. */
export interface StageContext {
  readonly journal: StageJournal;
  readonly logger: Logger;
  readonly participants: ReadonlyMap<string, LiveParticipant>;
  readonly places: StagePlaces;
  /** Does something for a participant that is, or thereby becomes, connected. */
  attend<T>(
    claims: ParticipantClaims,
    origin: ParticipantOrigin,
    work: (participant: LiveParticipant) => Promise<T>,
  ): Promise<T>;
  /** Has the stage end when nobody is there after a request: it may be refused, or its join may fail. */
  orEmpty<T>(work: () => Promise<T>): Promise<T>;
  /** Has a participant join who is not there, and whom the caller holds in the stage (`pending`). @throws {StageRefusal} */
  enter(claims: ParticipantClaims, record: ParticipantRecord): LiveParticipant;
  openMedia(): Promise<StageMedia>;
  readonly tracing: JoinTracing;
  /** Puts a participant out. */
  leave(participant: LiveParticipant, reason: LeftReason): void;
  /** To be called when something that held the participant in the stage has ended. @param reason default `user-initiated` */
  leaveIfIdle(participant: LiveParticipant, reason?: DepartureReason): void;
  /** To be called when what clients are told of the stage has changed. */
  stateChanged(): void;
  /** To be called when others may want to know. */
  tell(change: keyof LiveStageEvents, participantId: string): void;
}

/** What counts for a request that bears these claims (`LiveParticipant.standing`). */
export function standingOf(
  { participants }: Pick<StageContext, 'participants'>,
  claims: ParticipantClaims,
): ParticipantClaims {
  return participants.get(claims.participantId)?.standing(claims) ?? claims;
}

/** Why somebody leaves whom nothing holds any more when this end of his media was the last. */
export function departureBy(reason: EndReason | 'publisherEnded'): DepartureReason {
  return reason === 'closed' || reason === 'hangup' ? 'user-initiated' : 'unknown';
}

/** Why somebody leaves whose socket was closed before his join was done. */
export function departureBefore({ leaving, said }: Pick<EventsSocket, 'leaving' | 'said'>): DepartureReason {
  if (leaving) return 'user-initiated';
  const revoked = 'real-time-connection-token-revocation';
  return said?.reason === revoked ? revoked : 'unknown';
}

/** What a POST made. */
export interface MediaResource<Media extends WhipPublisher | Subscription = WhipPublisher | Subscription> {
  readonly resourceId: string;
  readonly media: Media;
}

/** Writes the error event, where there is a session to write it to, and gives the refusal to throw. */
export async function recordRefusal(
  { journal }: Pick<StageContext, 'journal'>,
  { participantId, userId }: ParticipantClaims,
  error: {
    name: 'JOIN_ERROR' | 'PUBLISH_ERROR' | 'SUBSCRIBE_ERROR';
    errorCode: EventErrorCode;
    remoteParticipantId?: string;
    replica?: boolean;
  },
  message: string,
): Promise<StageRefusal> {
  const { name, ...details } = error;
  if (journal.admitsError()) await journal.write({ userId, events: [journal.event(name, participantId, details)] });
  return refusalFor(error.errorCode, message);
}

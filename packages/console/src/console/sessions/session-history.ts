import type { Event, ParticipantSummary } from '@proscenium/model';
import type { Api, Wire } from '../api/api.ts';

/** A participant of a session, and what it did. */
export interface ParticipantHistory {
  readonly participantId: string;
  /** Its user id, or else its id. */
  readonly name: string;
  readonly summary: Wire<ParticipantSummary>;
  readonly events: readonly Wire<Event>[];
}

export interface SessionHistory {
  /** Those who came last, the first of them first. */
  readonly participants: readonly ParticipantHistory[];
  /** How many others there were. */
  readonly omitted: number;
  /** What anybody of the session is called, by id. */
  readonly nameOf: (participantId: string) => string;
}

/** Each one's events are a call of their own. */
const maximumParticipants = 16;

/** @throws {ApiError} */
export async function readSessionHistory(api: Api, stageArn: string, sessionId: string): Promise<SessionHistory> {
  const summaries = await api.list('ListParticipants', { stageArn, sessionId }, 'participants');
  const names = new Map(summaries.map(({ participantId, userId }) => [participantId, userId]));
  const nameOf = (participantId: string) => names.get(participantId) || participantId;
  // Who came again stands there again.
  const each = new Map(summaries.map((summary) => [summary.participantId, summary]));
  const latest = [...each.values()]
    .toSorted((one, other) => (one.firstJoinTime ?? '').localeCompare(other.firstJoinTime ?? ''))
    .slice(-maximumParticipants);
  const participants = await Promise.all(
    latest.map(async (summary) => {
      const { participantId = '' } = summary;
      const events = await api.list('ListParticipantEvents', { stageArn, sessionId, participantId }, 'events');
      return { participantId, name: nameOf(participantId), summary, events };
    }),
  );
  return { participants, omitted: each.size - participants.length, nameOf };
}

import type { Event, EventName, ExchangedParticipantToken } from '@proscenium/model';
import type { Slice } from '../pagination/read-page.ts';
import type { Database } from '../store/store.ts';
import type { StageRef } from './live-stages.ts';
import { findSession } from './stage-session-table.ts';

/** Enough to make the way to the writer cheap, and few enough for the number of parameters that a statement may have. */
const eventsPerStatement = 100;

export async function insertEvents(trx: Database, sessionSeq: number, events: readonly Event[]): Promise<void> {
  const rows = events.map((event) => {
    if (event.participantId === undefined) throw new Error('An event belongs to a participant');
    return { session_seq: sessionSeq, participant_id: event.participantId, event_json: JSON.stringify(event) };
  });
  for (let from = 0; from < rows.length; from += eventsPerStatement) {
    await trx
      .insertInto('participant_events')
      .values(rows.slice(from, from + eventsPerStatement))
      .execute();
  }
}

/** Newest first; none for a session or participant that does not exist. */
export async function listEvents(
  db: Database,
  stage: StageRef,
  sessionId: string,
  participantId: string,
  { before, limit }: Slice,
): Promise<{ seq: number; event: Event }[]> {
  const session = await findSession(db, stage, sessionId);
  if (session === undefined) return [];
  const rows = await db
    .selectFrom('participant_events')
    .select(['seq', 'event_json'])
    .where((event) => event.and({ session_seq: session.seq, participant_id: participantId }))
    .where('seq', '<', before)
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ seq, event_json }) => ({ seq, event: parseEvent(event_json) }));
}

const starts = ['PUBLISH_STARTED', 'SUBSCRIBE_STARTED'] as const satisfies EventName[];
const stops = ['PUBLISH_STOPPED', 'SUBSCRIBE_STOPPED'] as const satisfies EventName[];

/**
 * What a participant has begun since it joined last, and not ended.
 *
 * @returns `subscribedTo` has a publisher once for each subscription to it
 */
export async function findOpenMedia(
  db: Database,
  sessionSeq: number,
  participantId: string,
): Promise<{ publishing: boolean; subscribedTo: string[] }> {
  const ofParticipant = db
    .selectFrom('participant_events')
    .where((event) => event.and({ session_seq: sessionSeq, participant_id: participantId }));
  const visit = await ofParticipant
    .select('seq')
    .where('name', '=', 'JOINED' satisfies EventName)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const rows = await ofParticipant
    .select('remote_participant_id as publisherId')
    .select((select) => {
      const balance = select.case().when('name', 'in', starts).then(1).else(-1).end();
      return select.fn.sum<number>(balance).as('open');
    })
    .where('seq', '>', visit?.seq ?? 0)
    .where('name', 'in', [...starts, ...stops])
    .groupBy('remote_participant_id')
    .execute();
  const open = rows.filter((row) => row.open > 0);
  return {
    publishing: open.some(({ publisherId }) => publisherId === null),
    subscribedTo: open.flatMap(({ publisherId, open }) =>
      publisherId === null ? [] : Array.from({ length: open }, () => publisherId),
    ),
  };
}

function parseEvent(json: string): Event {
  const event = JSON.parse(json);
  return {
    ...event,
    ...(event.eventTime && { eventTime: new Date(event.eventTime) }),
    ...(event.previousToken && { previousToken: withTime(event.previousToken) }),
    ...(event.newToken && { newToken: withTime(event.newToken) }),
  };
}

/** JSON has no times: gives the token back the one that it had. */
function withTime(token: ExchangedParticipantToken & { expirationTime?: string | Date }): ExchangedParticipantToken {
  const { expirationTime, ...rest } = token;
  return expirationTime === undefined ? rest : { ...rest, expirationTime: new Date(expirationTime) };
}

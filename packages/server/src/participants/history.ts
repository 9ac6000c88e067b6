import type { Event } from '@proscenium/model';
import { StageErrorCode } from '../signalling/close-codes.ts';
import { findStageSeq, setActiveSession } from '../stages/stage-table.ts';
import type { Database } from '../store/store.ts';
import type { StageRef } from './live-stages.ts';
import { insertEvents } from './participant-event-table.ts';
import type { ParticipantOfSession, RecordingChange } from './participant-recording.ts';
import { disconnectAll, findParticipant, type ParticipantRecord, putParticipant } from './participant-table.ts';
import { StageRefusal } from './stage-refusal.ts';
import { endSession, findSession, insertSession } from './stage-session-table.ts';

/*
 * What the live side writes down. The history of a stage goes with the stage: once it is deleted, everything here but
 * `openSession` does nothing, so that the last words of its participants need no special care.
 */

/**
 * Begins a session and makes it the stage's active one. A stage has one at a time.
 *
 * @throws StageRefusal STAGE_DELETED when there is no such stage
 */
export async function openSession(
  trx: Database,
  stage: StageRef,
  session: { sessionId: string; startTime: Date },
): Promise<void> {
  const stageSeq = await findStageSeq(trx, stage);
  if (stageSeq === undefined) throw new StageRefusal(404, StageErrorCode.STAGE_DELETED, 'The stage was deleted');
  await insertSession(trx, stageSeq, session);
  await setActiveSession(trx, stage, session.sessionId);
}

/** Ends a session. Whoever is still written down as connected to it no longer is. */
export async function closeSession(trx: Database, stage: StageRef, sessionId: string, endTime: Date): Promise<void> {
  const session = await findSession(trx, stage, sessionId);
  if (session === undefined || session.endTime !== undefined) return;
  await endSession(trx, session.seq, endTime);
  await disconnectAll(trx, session.seq);
  await setActiveSession(trx, stage, undefined);
}

/** Writes down a participant, in place of what was known of it in this session. */
export async function saveParticipant(
  trx: Database,
  stage: StageRef,
  sessionId: string,
  record: ParticipantRecord,
): Promise<void> {
  const session = await findSession(trx, stage, sessionId);
  if (session !== undefined) await putParticipant(trx, session.seq, record);
}

/** Writes down that a participant is recorded otherwise. Does nothing for one that has no record in the session. */
export async function changeRecording(
  trx: Database,
  stage: StageRef,
  { sessionId, participantId }: ParticipantOfSession,
  change: RecordingChange,
): Promise<void> {
  const record = await findParticipant(trx, stage, sessionId, participantId);
  if (record !== undefined) await saveParticipant(trx, stage, sessionId, { ...record, ...change(record) });
}

/** Adds what happened, oldest first. */
export async function appendEvents(
  trx: Database,
  stage: StageRef,
  sessionId: string,
  events: readonly Event[],
): Promise<void> {
  const session = await findSession(trx, stage, sessionId);
  if (session !== undefined) await insertEvents(trx, session.seq, events);
}

/** A session without an end. */
export type UnfinishedSession = {
  /** Its row number. */
  seq: number;
  stage: StageRef;
  session: { sessionId: string; startTime: Date };
};

/** What a server that stopped has left open, over all accounts and regions, oldest first. */
export async function listUnfinished(db: Database): Promise<UnfinishedSession[]> {
  const rows = await db
    .selectFrom('stage_sessions')
    .innerJoin('stages', 'stages.seq', 'stage_sessions.stage_seq')
    .select(['account', 'region', 'stages.id', 'session_id', 'start_time_ms', 'stage_sessions.seq'])
    .where('end_time_ms', 'is', null)
    .orderBy('stage_sessions.seq')
    .execute();
  return rows.map(({ seq, account, region, id, session_id, start_time_ms }) => ({
    seq,
    stage: { account, region, stageId: id },
    session: { sessionId: session_id, startTime: new Date(start_time_ms) },
  }));
}

/** Rows that one call removes at most: everybody else waits meanwhile. */
const rowsPerCall = 5_000;

/**
 * Removes sessions that ended before a time, and those of deleted stages, with all that happened in them, a portion
 * at a time.
 *
 * @returns how many rows it removed; call again until that is 0
 */
export async function deleteHistoryBefore(trx: Database, time: Date): Promise<number> {
  const sessions = trx
    .selectFrom('stage_sessions')
    .select('stage_sessions.seq')
    .where((session) => session.or([session('stage_seq', 'is', null), session('end_time_ms', '<', time.getTime())]));

  for (const table of ['participant_events', 'participants', 'replications'] as const) {
    const { numDeletedRows } = await trx
      .deleteFrom(table)
      .where('seq', 'in', (select) =>
        select.selectFrom(table).select('seq').where('session_seq', 'in', sessions).limit(rowsPerCall),
      )
      .executeTakeFirst();
    if (numDeletedRows > 0n) return Number(numDeletedRows);
  }

  const { numDeletedRows } = await trx
    .deleteFrom('stage_sessions')
    .where('seq', 'in', sessions.limit(rowsPerCall))
    .executeTakeFirst();
  return Number(numDeletedRows);
}

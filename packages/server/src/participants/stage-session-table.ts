import type { StageSession } from '@proscenium/model';
import type { Slice } from '../pagination/read-page.ts';
import { stageSeqOf } from '../stages/stage-table.ts';
import type { Database } from '../store/store.ts';
import type { StageRef } from './live-stages.ts';

/** A session as the store keeps it; `seq` is the row number by which participants and events refer to it. */
export type StageSessionRecord = StageSession & { seq: number; sessionId: string; startTime: Date };

export async function insertSession(
  trx: Database,
  stageSeq: number,
  { sessionId, startTime }: { sessionId: string; startTime: Date },
): Promise<void> {
  await trx
    .insertInto('stage_sessions')
    .values({ stage_seq: stageSeq, session_id: sessionId, start_time_ms: startTime.getTime() })
    .execute();
}

export async function endSession(trx: Database, sessionSeq: number, endTime: Date): Promise<void> {
  await trx
    .updateTable('stage_sessions')
    .set({ end_time_ms: endTime.getTime() })
    .where('seq', '=', sessionSeq)
    .execute();
}

export async function findSession(
  db: Database,
  stage: StageRef,
  sessionId: string,
): Promise<StageSessionRecord | undefined> {
  const row = await db
    .selectFrom('stage_sessions')
    .selectAll()
    .where('stage_seq', '=', stageSeqOf(db, stage))
    .where('session_id', '=', sessionId)
    .executeTakeFirst();
  return row && toRecord(row);
}

export async function findRunningSession(db: Database, stage: StageRef): Promise<StageSessionRecord | undefined> {
  const row = await db
    .selectFrom('stage_sessions')
    .selectAll()
    .where('stage_seq', '=', stageSeqOf(db, stage))
    .where('end_time_ms', 'is', null)
    .executeTakeFirst();
  return row && toRecord(row);
}

/** Newest first; none for a stage that does not exist. */
export async function listSessions(
  db: Database,
  stage: StageRef,
  { before, limit }: Slice,
): Promise<StageSessionRecord[]> {
  const rows = await db
    .selectFrom('stage_sessions')
    .selectAll()
    .where('stage_seq', '=', stageSeqOf(db, stage))
    .where('seq', '<', before)
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toRecord);
}

function toRecord(row: {
  seq: number;
  session_id: string;
  start_time_ms: number;
  end_time_ms: number | null;
}): StageSessionRecord {
  return {
    seq: row.seq,
    sessionId: row.session_id,
    startTime: new Date(row.start_time_ms),
    ...(row.end_time_ms !== null && { endTime: new Date(row.end_time_ms) }),
  };
}

import type { Participant, ParticipantRecordingState, ParticipantState, ReplicationType } from '@proscenium/model';
import { sql } from 'kysely';
import type { Slice } from '../pagination/read-page.ts';
import type { Database } from '../store/store.ts';
import type { StageRef } from './live-stages.ts';
import { findSession } from './stage-session-table.ts';

/** Members that a record only has where they mean something: of replicas, and of participants that an encoder feeds. */
type Occasional =
  | 'replicationState'
  | 'sourceStageArn'
  | 'sourceSessionId'
  | 'redundantIngest'
  | 'ingestConfigurationArn';

/** A participant in one session, as the API shows it, every member filled. */
export type ParticipantRecord = Required<Omit<Participant, Occasional>> & Pick<Participant, Occasional>;

/** At most one of the members may be given. */
export type ParticipantFilter = {
  userId?: string;
  published?: boolean;
  state?: ParticipantState;
  recordingState?: ParticipantRecordingState;
};

export async function putParticipant(trx: Database, sessionSeq: number, record: ParticipantRecord): Promise<void> {
  const columns = {
    user_id: record.userId,
    state: record.state,
    published: record.published ? 1 : 0,
    recording_state: record.recordingState,
    record_json: JSON.stringify(record),
  };
  await trx
    .insertInto('participants')
    .values({ session_seq: sessionSeq, participant_id: record.participantId, ...columns })
    .onConflict((conflict) => conflict.columns(['session_seq', 'participant_id']).doUpdateSet(columns))
    .execute();
}

/** Nobody is connected to a session that has ended. */
export async function disconnectAll(trx: Database, sessionSeq: number): Promise<void> {
  await trx
    .updateTable('participants')
    .set({ state: 'DISCONNECTED' satisfies ParticipantState })
    .where((participant) => participant.and({ session_seq: sessionSeq, state: 'CONNECTED' satisfies ParticipantState }))
    .execute();
}

export async function findParticipant(
  db: Database,
  stage: StageRef,
  sessionId: string,
  participantId: string,
): Promise<ParticipantRecord | undefined> {
  const session = await findSession(db, stage, sessionId);
  if (session === undefined) return undefined;
  const row = await db
    .selectFrom('participants')
    .selectAll()
    .where((participant) => participant.and({ session_seq: session.seq, participant_id: participantId }))
    .executeTakeFirst();
  return row && toRecord(row);
}

/** Newest first; none for a session that does not exist. */
export async function listParticipants(
  db: Database,
  stage: StageRef,
  sessionId: string,
  { userId, published, state, recordingState }: ParticipantFilter,
  { before, limit }: Slice,
): Promise<(ParticipantRecord & { seq: number })[]> {
  const session = await findSession(db, stage, sessionId);
  if (session === undefined) return [];
  let query = db.selectFrom('participants').selectAll().where('session_seq', '=', session.seq);
  if (userId !== undefined) query = query.where('user_id', '=', userId);
  if (published !== undefined) query = query.where('published', '=', published ? 1 : 0);
  if (state !== undefined) query = query.where('state', '=', state);
  if (recordingState !== undefined) query = query.where('recording_state', '=', recordingState);
  const rows = await query.where('seq', '<', before).orderBy('seq', 'desc').limit(limit).execute();
  return rows.map((row) => ({ ...toRecord(row), seq: row.seq }));
}

/** The oldest of them. */
export async function listConnectedParticipants(
  db: Database,
  sessionSeq: number,
  limit: number,
): Promise<ParticipantRecord[]> {
  const rows = await db
    .selectFrom('participants')
    .selectAll()
    .where((participant) => participant.and({ session_seq: sessionSeq, state: 'CONNECTED' satisfies ParticipantState }))
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(toRecord);
}

/** Those of a session that are or were copies of other stages' publishers. */
export async function listReplicasOfSession(db: Database, sessionSeq: number): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('participants')
    .select('participant_id')
    .where('session_seq', '=', sessionSeq)
    .where(sql`record_json ->> 'replicationType'`, '=', 'REPLICA' satisfies ReplicationType)
    .execute();
  return new Set(rows.map((row) => row.participant_id));
}

function toRecord({ record_json, state }: { record_json: string; state: string }): ParticipantRecord {
  const record = JSON.parse(record_json);
  return { ...record, firstJoinTime: new Date(record.firstJoinTime), state };
}

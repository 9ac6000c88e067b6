import type { Slice } from '../pagination/read-page.ts';
import type { StageRef } from '../participants/live-stages.ts';
import type { Database } from '../store/store.ts';
import type { ReplicationOrder } from './replication-media.ts';

/** A replication as the store keeps it. */
export interface Replication extends ReplicationOrder {
  readonly seq: number;
  readonly sourceSessionId: string;
  readonly destinationSessionId: string;
  readonly startTime: Date;
  /** Undefined while it is active. */
  readonly endTime?: Date;
}

/** @param sourceSession.seq the row number of the session that the publisher is in */
export async function insertReplication(
  trx: Database,
  order: ReplicationOrder,
  sourceSession: { seq: number; sessionId: string },
  { destinationSessionId, startTime }: { destinationSessionId: string; startTime: Date },
): Promise<Replication> {
  const { seq } = await trx
    .insertInto('replications')
    .values({
      account: order.source.account,
      region: order.source.region,
      source_stage_id: order.source.stageId,
      session_seq: sourceSession.seq,
      destination_stage_id: order.destination.stageId,
      destination_session_id: destinationSessionId,
      participant_id: order.participantId,
      reconnect_window_seconds: order.reconnectWindowSeconds,
      attributes_json: JSON.stringify(order.attributes),
      start_time_ms: startTime.getTime(),
    })
    .returning('seq')
    .executeTakeFirstOrThrow();
  return { ...order, seq, sourceSessionId: sourceSession.sessionId, destinationSessionId, startTime };
}

/** @returns false for one that has ended already */
export async function endReplication(trx: Database, seq: number, endTime: Date): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('replications')
    .set({ end_time_ms: endTime.getTime() })
    .where('seq', '=', seq)
    .where('end_time_ms', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The active and ended replications of a publisher, newest first. */
export async function listReplications(
  db: Database,
  source: StageRef,
  participantId: string,
  { before, limit }: Slice,
): Promise<Replication[]> {
  const rows = await replications(db)
    .where((row) => row.and({ ...ofSource(source), participant_id: participantId }))
    .where('replications.seq', '<', before)
    .orderBy('replications.seq', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toReplication);
}

/** Over all accounts and regions, oldest first. */
export async function listActive(db: Database): Promise<Replication[]> {
  const rows = await replications(db)
    .where('replications.end_time_ms', 'is', null)
    .orderBy('replications.seq')
    .execute();
  return rows.map(toReplication);
}

/** The active ones from a stage and into it, oldest first. */
export async function listActiveOfStage(db: Database, stage: StageRef): Promise<Replication[]> {
  const rows = await replications(db)
    .where('replications.end_time_ms', 'is', null)
    .where((row) => row.or([row.and(ofSource(stage)), row.and(ofDestination(stage))]))
    .orderBy('replications.seq')
    .execute();
  return rows.map(toReplication);
}

/** How many stages a publisher is copied into now. */
export async function countActive(db: Database, source: StageRef, participantId: string): Promise<number> {
  const { count } = await active(db)
    .select((select) => select.fn.countAll<number>().as('count'))
    .where((row) => row.and({ ...ofSource(source), participant_id: participantId }))
    .executeTakeFirstOrThrow();
  return count;
}

/** Whether the id is that of a participant who is copied into the stage. */
export async function isReplica(db: Database, destination: StageRef, participantId: string): Promise<boolean> {
  const row = await active(db)
    .select('participant_id')
    .where((row) => row.and({ ...ofDestination(destination), participant_id: participantId }))
    .executeTakeFirst();
  return row !== undefined;
}

/** The participants that are copied into a stage now. */
export async function listReplicaIds(db: Database, destination: StageRef): Promise<string[]> {
  const rows = await active(db)
    .select('participant_id')
    .where((row) => row.and(ofDestination(destination)))
    .execute();
  return rows.map((row) => row.participant_id);
}

/** Which of the participants of a session in a stage are copies, now or as soon as their publishers are back. */
export function findReplicas(
  db: Database,
  destination: StageRef,
  sessionId: string,
  participantIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const ofSession = { ...ofDestination(destination), destination_session_id: sessionId };
  const query = active(db).where((row) => row.and(ofSession));
  return participantsIn(query, participantIds);
}

/** Which of the participants of a session are copied into other stages now. */
export function findReplicated(
  db: Database,
  sessionSeq: number,
  participantIds: readonly string[],
): Promise<ReadonlySet<string>> {
  return participantsIn(active(db).where('session_seq', '=', sessionSeq), participantIds);
}

function replications(db: Database) {
  return db
    .selectFrom('replications')
    .innerJoin('stage_sessions', 'stage_sessions.seq', 'replications.session_seq')
    .selectAll('replications')
    .select('stage_sessions.session_id as source_session_id');
}

const ofSource = ({ account, region, stageId }: StageRef) => ({ account, region, source_stage_id: stageId });
const ofDestination = ({ account, region, stageId }: StageRef) => ({ account, region, destination_stage_id: stageId });

function toReplication(row: Awaited<ReturnType<ReturnType<typeof replications>['execute']>>[number]): Replication {
  const { account, region } = row;
  return {
    seq: row.seq,
    source: { account, region, stageId: row.source_stage_id },
    sourceSessionId: row.source_session_id,
    destination: { account, region, stageId: row.destination_stage_id },
    destinationSessionId: row.destination_session_id,
    participantId: row.participant_id,
    reconnectWindowSeconds: row.reconnect_window_seconds,
    attributes: JSON.parse(row.attributes_json),
    startTime: new Date(row.start_time_ms),
    ...(row.end_time_ms !== null && { endTime: new Date(row.end_time_ms) }),
  };
}

function active(db: Database) {
  return db.selectFrom('replications').where('end_time_ms', 'is', null);
}

/** Which of the participants are among the replications of a query. */
async function participantsIn(
  query: ReturnType<typeof active>,
  participantIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (participantIds.length === 0) return new Set();
  const rows = await query.select('participant_id').where('participant_id', 'in', participantIds).execute();
  return new Set(rows.map((row) => row.participant_id));
}

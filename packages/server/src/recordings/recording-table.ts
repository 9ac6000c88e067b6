import { type ParticipantRecordingState, parseArn, type Scope } from '@proscenium/model';
import type { Selectable } from 'kysely';
import type { StageRef } from '../participants/live-stages.ts';
import type { RecordingSettings } from '../stages/recording-settings.ts';
import type { Database } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import type { RecordingFailure } from './recording-failure.ts';

/** A recording of one participant as the store keeps it. */
export interface RecordingRecord {
  /** By which what is on disk knows it. */
  readonly id: string;
  readonly stage: StageRef;
  readonly participantId: string;
  /** The session that the publish recorded last is in: of a merged recording it may be another than the prefix names. */
  readonly sessionId: string;
  readonly bucketName: string;
  /** What every key begins with; a slash follows. */
  readonly prefix: string;
  readonly state: Exclude<ParticipantRecordingState, 'DISABLED'>;
  /** Of the stage when it began. */
  readonly settings: RecordingSettings;
  readonly startTime: Date;
  /** Until when its publisher is waited for; undefined while nobody is. */
  readonly waitEndTime?: Date | undefined;
  /** When the last publish ended; undefined while one goes on. */
  readonly endTime?: Date | undefined;
  /** Why it ends, or has ended, before its time. */
  readonly failure?: RecordingFailure | undefined;
}

const ENDED: readonly ParticipantRecordingState[] = ['STOPPED', 'FAILED'];

/** Whether others have been told of its end. */
export function hasEnded({ state }: RecordingRecord): boolean {
  return ENDED.includes(state);
}

export async function insertRecording(trx: Database, recording: RecordingRecord): Promise<void> {
  const { id, stage, participantId, bucketName, prefix, settings, startTime } = recording;
  const { account, region, stageId } = stage;
  await trx
    .insertInto('recordings')
    .values({
      account,
      region,
      id,
      stage_id: stageId,
      participant_id: participantId,
      storage_configuration_id: parseArn(settings.storageConfigurationArn)?.id ?? '',
      bucket_name: bucketName,
      prefix,
      settings_json: JSON.stringify(settings),
      start_time_ms: startTime.getTime(),
      ...changingColumns(recording),
    })
    .execute();
}

/** @returns false when it is not there */
export async function updateRecording(trx: Database, recording: RecordingRecord): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('recordings')
    .set(changingColumns(recording))
    .where('id', '=', recording.id)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function deleteRecording(trx: Database, id: string): Promise<void> {
  await trx.deleteFrom('recordings').where('id', '=', id).execute();
}

/** All of which something is left to do, over all accounts and regions, oldest first. */
export async function listRecordings(db: Database): Promise<RecordingRecord[]> {
  const rows = await db.selectFrom('recordings').selectAll().orderBy('seq').execute();
  return rows.map(toRecording);
}

/** Whether somebody on the stage is being recorded now; one who is waited for is not. */
export async function isStageRecorded(db: Database, { account, region, stageId }: StageRef): Promise<boolean> {
  const row = await ofScope(db, { account, region })
    .where('stage_id', '=', stageId)
    .where('state', 'not in', ENDED)
    .where('wait_end_time_ms', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a recording that has not ended goes there. */
export async function isStorageConfigurationUsedByRecording(
  db: Database,
  scope: Scope,
  storageConfigurationId: string,
): Promise<boolean> {
  const row = await ofScope(db, scope)
    .where('storage_configuration_id', '=', storageConfigurationId)
    .where('state', 'not in', ENDED)
    .executeTakeFirst();
  return row !== undefined;
}

function ofScope(db: Database, { account, region }: Scope) {
  return db
    .selectFrom('recordings')
    .select('id')
    .where((row) => row.and({ account, region }))
    .limit(1);
}

function changingColumns({ sessionId, state, waitEndTime, endTime, failure }: RecordingRecord) {
  return {
    session_id: sessionId,
    state,
    wait_end_time_ms: waitEndTime?.getTime() ?? null,
    end_time_ms: endTime?.getTime() ?? null,
    failure_json: failure === undefined ? null : JSON.stringify(failure),
  };
}

function toRecording(row: Selectable<Tables['recordings']>): RecordingRecord {
  const { account, region, stage_id: stageId } = row;
  return {
    id: row.id,
    stage: { account, region, stageId },
    participantId: row.participant_id,
    sessionId: row.session_id,
    bucketName: row.bucket_name,
    prefix: row.prefix,
    state: row.state as RecordingRecord['state'],
    settings: JSON.parse(row.settings_json),
    startTime: new Date(row.start_time_ms),
    waitEndTime: toTime(row.wait_end_time_ms),
    endTime: toTime(row.end_time_ms),
    failure: row.failure_json === null ? undefined : JSON.parse(row.failure_json),
  };
}

function toTime(timeMs: number | null): Date | undefined {
  return timeMs === null ? undefined : new Date(timeMs);
}

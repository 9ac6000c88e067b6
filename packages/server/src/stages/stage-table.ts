import { parseArn, type Scope } from '@proscenium/model';
import type { StageRef } from '../participants/live-stages.ts';
import { preparedQuery } from '../store/prepared-query.ts';
import { type ResourceRecord, resourceTable } from '../store/resource-table.ts';
import type { Database } from '../store/store.ts';
import type { RecordingSettings } from './recording-settings.ts';

/** A stage as the store keeps it. */
export type StageRecord = ResourceRecord & {
  /** Undefined while no session runs. */
  activeSessionId?: string;
  recording: RecordingSettings;
};

export const stages = resourceTable<'stages', StageRecord>('stages', {
  resourceType: 'stage',
  title: 'Stage',
  plural: 'stages',
  toColumns: ({ recording, activeSessionId }) => ({
    recording_json: JSON.stringify(recording),
    storage_configuration_id: parseArn(recording.storageConfigurationArn)?.id ?? null,
    active_session_id: activeSessionId ?? null,
  }),
  fromRow: ({ recording_json, active_session_id }) => ({
    recording: JSON.parse(recording_json),
    ...(active_session_id !== null && { activeSessionId: active_session_id }),
  }),
});

/** The row number by which sessions and disconnected participants refer to their stage. */
export async function findStageSeq(db: Database, stage: StageRef): Promise<number | undefined> {
  const [row] = await selectStageSeq(db, stage);
  return row?.seq;
}

const selectStageSeq = preparedQuery(stageSeqOf);

/** The same as part of another query: no row for a stage that does not exist. */
export function stageSeqOf(db: Database, { account, region, stageId }: StageRef) {
  return db
    .selectFrom('stages')
    .select('seq')
    .where((row) => row.and({ account, region, id: stageId }));
}

/** Undefined for none. */
export async function setActiveSession(
  trx: Database,
  { account, region, stageId }: StageRef,
  sessionId: string | undefined,
): Promise<void> {
  await trx
    .updateTable('stages')
    .set({ active_session_id: sessionId ?? null })
    .where((row) => row.and({ account, region, id: stageId }))
    .execute();
}

export async function isStorageConfigurationUsed(
  db: Database,
  { account, region }: Scope,
  storageConfigurationId: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('stages')
    .select('seq')
    .where((row) => row.and({ account, region, storage_configuration_id: storageConfigurationId }))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

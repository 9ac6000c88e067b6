import { parseArn, type Scope, type Tags } from '@proscenium/model';
import type { Slice } from '../pagination/read-page.ts';
import type { StageRef } from '../participants/live-stages.ts';
import type { Database } from '../store/store.ts';
import type { Taggable } from '../tags/taggable.ts';
import type { RecordingSettings } from './recording-settings.ts';

/** A stage as the store keeps it. */
export type StageRecord = {
  stageId: string;
  name: string;
  /** Undefined while no session runs. */
  activeSessionId?: string;
  recording: RecordingSettings;
  tags: Tags;
};

export async function insertStage(trx: Database, { account, region }: Scope, stage: StageRecord): Promise<void> {
  await trx
    .insertInto('stages')
    .values({
      account,
      region,
      stage_id: stage.stageId,
      name: stage.name,
      tags_json: JSON.stringify(stage.tags),
      ...recordingColumns(stage.recording),
    })
    .execute();
}

export async function countStages(db: Database, { account, region }: Scope): Promise<number> {
  const { count } = await db
    .selectFrom('stages')
    .select((select) => select.fn.countAll().as('count'))
    .where((row) => row.and({ account, region }))
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function findStage(
  db: Database,
  { account, region, stageId }: StageRef,
): Promise<StageRecord | undefined> {
  const row = await db
    .selectFrom('stages')
    .selectAll()
    .where((row) => row.and({ account, region, stage_id: stageId }))
    .executeTakeFirst();
  return row && toRecord(row);
}

/** The row number by which sessions and disconnected participants refer to their stage. */
export async function findStageSeq(db: Database, stage: StageRef): Promise<number | undefined> {
  const row = await stageSeqOf(db, stage).executeTakeFirst();
  return row?.seq;
}

/** The same as part of another query: no row for a stage that does not exist. */
export function stageSeqOf(db: Database, { account, region, stageId }: StageRef) {
  return db
    .selectFrom('stages')
    .select('seq')
    .where((row) => row.and({ account, region, stage_id: stageId }));
}

/** Newest first. */
export async function listStages(
  db: Database,
  { account, region }: Scope,
  { before, limit }: Slice,
): Promise<(StageRecord & { seq: number })[]> {
  const rows = await db
    .selectFrom('stages')
    .selectAll()
    .where((row) => row.and({ account, region }))
    .where('seq', '<', before)
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...toRecord(row), seq: row.seq }));
}

export async function updateStage(
  trx: Database,
  { account, region, stageId }: StageRef,
  { name, recording }: Pick<StageRecord, 'name' | 'recording'>,
): Promise<void> {
  await trx
    .updateTable('stages')
    .set({ name, ...recordingColumns(recording) })
    .where((row) => row.and({ account, region, stage_id: stageId }))
    .execute();
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
    .where((row) => row.and({ account, region, stage_id: stageId }))
    .execute();
}

/** Removes the stage; its sessions can then be reached by nobody. */
export async function deleteStage(trx: Database, { account, region, stageId }: StageRef): Promise<void> {
  await trx
    .deleteFrom('stages')
    .where((row) => row.and({ account, region, stage_id: stageId }))
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

export const taggableStages: Taggable = {
  async findTags(db, scope, stageId) {
    const stage = await findStage(db, { ...scope, stageId });
    return stage?.tags;
  },

  async replaceTags(trx, { account, region }, stageId, tags) {
    await trx
      .updateTable('stages')
      .set({ tags_json: JSON.stringify(tags) })
      .where((row) => row.and({ account, region, stage_id: stageId }))
      .execute();
  },
};

function recordingColumns(recording: RecordingSettings): {
  recording_json: string;
  storage_configuration_id: string | null;
} {
  return {
    recording_json: JSON.stringify(recording),
    storage_configuration_id: parseArn(recording.storageConfigurationArn)?.id ?? null,
  };
}

function toRecord(row: {
  stage_id: string;
  name: string;
  active_session_id: string | null;
  recording_json: string;
  tags_json: string;
}): StageRecord {
  return {
    stageId: row.stage_id,
    name: row.name,
    ...(row.active_session_id !== null && { activeSessionId: row.active_session_id }),
    recording: JSON.parse(row.recording_json),
    tags: JSON.parse(row.tags_json),
  };
}

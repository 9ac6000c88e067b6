import type { Scope, Tags } from '@proscenium/model';
import type { Slice } from '../pagination/read-page.ts';
import type { Database } from '../store/store.ts';
import type { Taggable } from '../tags/taggable.ts';

/** A storage configuration as the store keeps it. */
export type StorageConfigurationRecord = {
  storageConfigurationId: string;
  name: string;
  bucketName: string;
  tags: Tags;
};

export async function insertStorageConfiguration(
  trx: Database,
  { account, region }: Scope,
  record: StorageConfigurationRecord,
): Promise<void> {
  await trx
    .insertInto('storage_configurations')
    .values({
      account,
      region,
      storage_configuration_id: record.storageConfigurationId,
      name: record.name,
      bucket_name: record.bucketName,
      tags_json: JSON.stringify(record.tags),
    })
    .execute();
}

export async function countStorageConfigurations(db: Database, { account, region }: Scope): Promise<number> {
  const { count } = await db
    .selectFrom('storage_configurations')
    .select((select) => select.fn.countAll().as('count'))
    .where((row) => row.and({ account, region }))
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function findStorageConfiguration(
  db: Database,
  { account, region }: Scope,
  storageConfigurationId: string,
): Promise<StorageConfigurationRecord | undefined> {
  const row = await db
    .selectFrom('storage_configurations')
    .selectAll()
    .where((row) => row.and({ account, region, storage_configuration_id: storageConfigurationId }))
    .executeTakeFirst();
  return row && toRecord(row);
}

/** Newest first. */
export async function listStorageConfigurations(
  db: Database,
  { account, region }: Scope,
  { before, limit }: Slice,
): Promise<(StorageConfigurationRecord & { seq: number })[]> {
  const rows = await db
    .selectFrom('storage_configurations')
    .selectAll()
    .where((row) => row.and({ account, region }))
    .where('seq', '<', before)
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...toRecord(row), seq: row.seq }));
}

export async function deleteStorageConfiguration(
  trx: Database,
  { account, region }: Scope,
  storageConfigurationId: string,
): Promise<void> {
  await trx
    .deleteFrom('storage_configurations')
    .where((row) => row.and({ account, region, storage_configuration_id: storageConfigurationId }))
    .execute();
}

export const taggableStorageConfigurations: Taggable = {
  async findTags(db, scope, id) {
    const record = await findStorageConfiguration(db, scope, id);
    return record?.tags;
  },

  async replaceTags(trx, { account, region }, id, tags) {
    await trx
      .updateTable('storage_configurations')
      .set({ tags_json: JSON.stringify(tags) })
      .where((row) => row.and({ account, region, storage_configuration_id: id }))
      .execute();
  },
};

function toRecord(row: {
  storage_configuration_id: string;
  name: string;
  bucket_name: string;
  tags_json: string;
}): StorageConfigurationRecord {
  return {
    storageConfigurationId: row.storage_configuration_id,
    name: row.name,
    bucketName: row.bucket_name,
    tags: JSON.parse(row.tags_json),
  };
}

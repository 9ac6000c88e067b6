import {
  AccessDeniedException,
  ConflictException,
  checkTags,
  createResourceId,
  InternalServerException,
  type RandomBytes,
  ResourceNotFoundException,
  type Scope,
  type StorageConfiguration,
} from '@proscenium/model';
import { isStorageConfigurationUsedByComposition } from '../compositions/composition-table.ts';
import type { Handlers } from '../http/handlers.ts';
import type { BucketName, ObjectStore } from '../objects/object-store.ts';
import { ObjectStoreFailure } from '../objects/object-store-failure.ts';
import type { Listing, PageTokens } from '../pagination/page-tokens.ts';
import { readPage } from '../pagination/read-page.ts';
import { isStorageConfigurationUsedByRecording } from '../recordings/recording-table.ts';
import { isStorageConfigurationUsed } from '../stages/stage-table.ts';
import type { Store } from '../store/store.ts';
import { type StorageConfigurationRecord, storageConfigurations } from './storage-configuration-table.ts';

type StorageConfigurationOperations = Required<
  Pick<
    Handlers,
    | 'CreateStorageConfiguration'
    | 'GetStorageConfiguration'
    | 'ListStorageConfigurations'
    | 'DeleteStorageConfiguration'
  >
>;

export function storageConfigurationOperations({
  store,
  objects,
  pageTokens,
  quota,
  random,
}: {
  store: Store;
  objects: ObjectStore;
  pageTokens: PageTokens;
  /** Storage configurations that one account may have in one region. */
  quota: number;
  random?: RandomBytes;
}): StorageConfigurationOperations {
  return {
    async CreateStorageConfiguration({ name = '', s3, tags = {} }, { scope }) {
      checkTags(tags);
      await checkBucket(objects, { account: scope.account, bucket: s3.bucketName });
      const record = { id: createResourceId(random), name, bucketName: s3.bucketName, tags };
      await store.write((trx) => storageConfigurations.insertWithin(quota, trx, scope, record));
      return { storageConfiguration: toStorageConfiguration(scope, record) };
    },

    async GetStorageConfiguration({ arn }, { scope }) {
      const record = await storageConfigurations.get(store.db, scope, arn);
      return { storageConfiguration: toStorageConfiguration(scope, record) };
    },

    async ListStorageConfigurations(request, { scope }) {
      const listing: Listing = { operation: 'ListStorageConfigurations', scope, filters: [] };
      const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
        storageConfigurations.list(store.db, scope, slice),
      );
      return { storageConfigurations: rows.map((record) => toStorageConfiguration(scope, record)), ...next };
    },

    async DeleteStorageConfiguration({ arn }, { scope }) {
      await store.write(async (trx) => {
        const { id } = await storageConfigurations.get(trx, scope, arn);
        if (await isStorageConfigurationUsed(trx, scope, id)) {
          throw new ConflictException('The storage configuration is in use by a stage');
        }
        if (await isStorageConfigurationUsedByComposition(trx, scope, id)) {
          throw new ConflictException('The storage configuration is in use by a running composition');
        }
        if (await isStorageConfigurationUsedByRecording(trx, scope, id)) {
          throw new ConflictException('The storage configuration is in use by a recording');
        }
        await storageConfigurations.delete(trx, scope, id);
      });
      return {};
    },
  };
}

const errorOf = {
  ResourceNotFoundException,
  AccessDeniedException,
  InternalServerException,
} as const;

async function checkBucket(objects: ObjectStore, name: BucketName): Promise<void> {
  try {
    await objects.check(name);
  } catch (failure) {
    if (!(failure instanceof ObjectStoreFailure)) throw failure;
    const error = new errorOf[failure.code](failure.message);
    error.cause = failure.cause;
    throw error;
  }
}

/** Whole and in summary alike. */
function toStorageConfiguration(scope: Scope, record: StorageConfigurationRecord): StorageConfiguration {
  const { name, bucketName, tags } = record;
  return { arn: storageConfigurations.arn(scope, record), name, s3: { bucketName }, tags };
}

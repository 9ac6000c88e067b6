import {
  ConflictException,
  checkTags,
  createResourceId,
  formatArn,
  type RandomBytes,
  ResourceNotFoundException,
  type Scope,
  ServiceQuotaExceededException,
  type StorageConfiguration,
} from '@proscenium/model';
import type { Handlers } from '../http/handlers.ts';
import type { Listing, PageTokens } from '../pagination/page-tokens.ts';
import { readPage } from '../pagination/read-page.ts';
import { isStorageConfigurationUsed } from '../stages/stage-table.ts';
import { ownId } from '../store/own-id.ts';
import type { Store } from '../store/store.ts';
import {
  countStorageConfigurations,
  deleteStorageConfiguration,
  findStorageConfiguration,
  insertStorageConfiguration,
  listStorageConfigurations,
  type StorageConfigurationRecord,
} from './storage-configuration-table.ts';

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
  pageTokens,
  quota,
  random,
}: {
  store: Store;
  pageTokens: PageTokens;
  /** Storage configurations that one account may have in one region. */
  quota: number;
  random?: RandomBytes;
}): StorageConfigurationOperations {
  return {
    async CreateStorageConfiguration({ name = '', s3, tags = {} }, { scope }) {
      checkTags(tags);
      const record = {
        storageConfigurationId: createResourceId(random),
        name,
        bucketName: s3.bucketName,
        tags,
      };
      await store.write(async (trx) => {
        if ((await countStorageConfigurations(trx, scope)) >= quota) {
          throw new ServiceQuotaExceededException(`There can be at most ${quota} storage configurations`);
        }
        await insertStorageConfiguration(trx, scope, record);
      });
      return { storageConfiguration: toStorageConfiguration(scope, record) };
    },

    async GetStorageConfiguration({ arn }, { scope }) {
      const id = ownId(scope, 'storage-configuration', arn);
      const record = id && (await findStorageConfiguration(store.db, scope, id));
      if (!record) throw notFound();
      return { storageConfiguration: toStorageConfiguration(scope, record) };
    },

    async ListStorageConfigurations(request, { scope }) {
      const listing: Listing = { operation: 'ListStorageConfigurations', scope, filters: [] };
      const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
        listStorageConfigurations(store.db, scope, slice),
      );
      return { storageConfigurations: rows.map((record) => toStorageConfiguration(scope, record)), ...next };
    },

    async DeleteStorageConfiguration({ arn }, { scope }) {
      await store.write(async (trx) => {
        const id = ownId(scope, 'storage-configuration', arn);
        if (id === undefined || !(await findStorageConfiguration(trx, scope, id))) throw notFound();
        if (await isStorageConfigurationUsed(trx, scope, id)) {
          throw new ConflictException('The storage configuration is in use by a stage');
        }
        await deleteStorageConfiguration(trx, scope, id);
      });
      return {};
    },
  };
}

/** Whole and in summary alike. */
function toStorageConfiguration(
  { account, region }: Scope,
  { storageConfigurationId, name, bucketName, tags }: StorageConfigurationRecord,
): StorageConfiguration {
  const arn = formatArn({ account, region, resourceType: 'storage-configuration', id: storageConfigurationId });
  return { arn, name, s3: { bucketName }, tags };
}

function notFound(): ResourceNotFoundException {
  return new ResourceNotFoundException('Storage configuration not found');
}

import {
  checkTags,
  createResourceId,
  createStreamKeySecret,
  type RandomBytes,
  ServiceQuotaExceededException,
} from '@proscenium/model';
import type { Handlers } from '../http/handlers.ts';
import type { Listing, PageTokens } from '../pagination/page-tokens.ts';
import { readPage } from '../pagination/read-page.ts';
import type { Store } from '../store/store.ts';
import { findEach } from './batch.ts';
import { toStreamKey, toStreamKeySummary } from './channel-response.ts';
import { channelTable } from './channel-table.ts';
import { listStreamKeys, type StreamKeyRecord, streamKeyTable } from './stream-key-table.ts';

type StreamKeyOperations = Required<
  Pick<Handlers, 'CreateStreamKey' | 'GetStreamKey' | 'BatchGetStreamKey' | 'ListStreamKeys' | 'DeleteStreamKey'>
>;

export function streamKeyOperations({
  store,
  pageTokens,
  quota,
  random,
}: {
  store: Store;
  pageTokens: PageTokens;
  /** Stream keys that one channel may have. */
  quota: number;
  random?: RandomBytes;
}): StreamKeyOperations {
  return {
    async CreateStreamKey({ channelArn, tags = {} }, { scope }) {
      checkTags(tags);
      const record = await store.write(async (trx) => {
        const { id: channelId } = await channelTable.get(trx, scope, channelArn);
        const present = await listStreamKeys(trx, scope, channelId);
        if (present.length >= quota) {
          throw new ServiceQuotaExceededException(`A channel can have at most ${quota} stream keys`);
        }
        const key: StreamKeyRecord = {
          id: createResourceId(random),
          name: '',
          tags,
          channelId,
          secret: createStreamKeySecret(random),
        };
        await streamKeyTable.insert(trx, scope, key);
        return key;
      });
      return { streamKey: toStreamKey(scope, record) };
    },

    async GetStreamKey({ arn }, { scope }) {
      return { streamKey: toStreamKey(scope, await streamKeyTable.get(store.db, scope, arn)) };
    },

    async BatchGetStreamKey({ arns }, { scope }) {
      const { found, errors } = await findEach(arns, (arn) => streamKeyTable.get(store.db, scope, arn));
      return { streamKeys: found.map((key) => toStreamKey(scope, key)), errors };
    },

    async ListStreamKeys({ channelArn, ...request }, { scope }) {
      const { id } = await channelTable.get(store.db, scope, channelArn);
      const listing: Listing = { operation: 'ListStreamKeys', scope, filters: [channelArn] };
      const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
        streamKeyTable.list(store.db, scope, slice, { channel_id: id }),
      );
      return { streamKeys: rows.map((key) => toStreamKeySummary(scope, key)), ...next };
    },

    async DeleteStreamKey({ arn }, { scope }) {
      await store.write(async (trx) => {
        const { id } = await streamKeyTable.get(trx, scope, arn);
        await streamKeyTable.delete(trx, scope, id);
      });
      return {};
    },
  };
}

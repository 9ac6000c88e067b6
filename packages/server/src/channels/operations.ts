import {
  ConflictException,
  checkTags,
  createResourceId,
  createStreamKeySecret,
  type RandomBytes,
  type Scope,
} from '@proscenium/model';
import type { Handlers } from '../http/handlers.ts';
import type { Quotas } from '../operations.ts';
import { checkOneFilter } from '../pagination/one-filter.ts';
import type { Listing, PageTokens } from '../pagination/page-tokens.ts';
import { readPage } from '../pagination/read-page.ts';
import type { Database, Store } from '../store/store.ts';
import { findEach } from './batch.ts';
import type { ChannelEndpoints } from './channel-endpoints.ts';
import { toChannel, toChannelSummary, toStreamKey } from './channel-response.ts';
import { changeChannelSettings } from './channel-settings.ts';
import { type ChannelRecord, channelTable } from './channel-table.ts';
import { listStreamKeys, type StreamKeyRecord, streamKeyTable } from './stream-key-table.ts';
import { findStream } from './stream-table.ts';

type ChannelOperations = Required<
  Pick<
    Handlers,
    'CreateChannel' | 'GetChannel' | 'BatchGetChannel' | 'ListChannels' | 'UpdateChannel' | 'DeleteChannel'
  >
>;

export function channelOperations({
  store,
  channelEndpoints,
  pageTokens,
  quotas,
  random,
}: {
  store: Store;
  channelEndpoints: ChannelEndpoints;
  pageTokens: PageTokens;
  quotas: Pick<Quotas, 'channels'>;
  random?: RandomBytes;
}): ChannelOperations {
  /** A channel that nothing goes to. @throws ConflictException */
  async function getIdle(trx: Database, scope: Scope, arn: string): Promise<ChannelRecord> {
    const channel = await channelTable.get(trx, scope, arn);
    if ((await findStream(trx, scope, channel.id)) !== undefined) {
      throw new ConflictException('The channel is live: end what goes there first');
    }
    return channel;
  }

  return {
    async CreateChannel({ name = '', tags = {}, ...asked }, { scope }) {
      checkTags(tags);
      const channel: ChannelRecord = {
        id: createResourceId(random),
        name,
        tags,
        settings: changeChannelSettings(asked),
      };
      const streamKey: StreamKeyRecord = {
        id: createResourceId(random),
        name: '',
        tags,
        channelId: channel.id,
        secret: createStreamKeySecret(random),
      };
      await store.write(async (trx) => {
        await channelTable.insertWithin(quotas.channels, trx, scope, channel);
        await streamKeyTable.insert(trx, scope, streamKey);
      });
      return { channel: toChannel(scope, channel, channelEndpoints), streamKey: toStreamKey(scope, streamKey) };
    },

    async GetChannel({ arn }, { scope }) {
      return { channel: toChannel(scope, await channelTable.get(store.db, scope, arn), channelEndpoints) };
    },

    async BatchGetChannel({ arns }, { scope }) {
      const { found, errors } = await findEach(arns, (arn) => channelTable.get(store.db, scope, arn));
      return { channels: found.map((channel) => toChannel(scope, channel, channelEndpoints)), errors };
    },

    async ListChannels(
      {
        filterByName,
        filterByRecordingConfigurationArn,
        filterByPlaybackRestrictionPolicyArn,
        filterByAdConfigurationArn,
        ...request
      },
      { scope },
    ) {
      const filters = [
        filterByName,
        filterByRecordingConfigurationArn,
        filterByPlaybackRestrictionPolicyArn,
        filterByAdConfigurationArn,
      ];
      checkOneFilter(filters);
      const listing: Listing = { operation: 'ListChannels', scope, filters };
      const { rows, ...next } = await readPage(pageTokens, listing, request, async (slice) => {
        // No channel has any of those.
        if (filters.slice(1).some(Boolean)) return [];
        if (filterByName === undefined) return channelTable.list(store.db, scope, slice);
        return channelTable.listWhere(store.db, scope, slice, (channel) => channel('name', '=', filterByName));
      });
      return { channels: rows.map((channel) => toChannelSummary(scope, channel)), ...next };
    },

    async UpdateChannel({ arn, name, ...asked }, { scope }) {
      const updated = await store.write(async (trx) => {
        const before = await getIdle(trx, scope, arn);
        const channel: ChannelRecord = {
          ...before,
          ...(name !== undefined && { name }),
          settings: changeChannelSettings(asked, before.settings),
        };
        await channelTable.update(trx, scope, channel);
        return channel;
      });
      return { channel: toChannel(scope, updated, channelEndpoints) };
    },

    async DeleteChannel({ arn }, { scope }) {
      await store.write(async (trx) => {
        const { id } = await getIdle(trx, scope, arn);
        for (const key of await listStreamKeys(trx, scope, id)) await streamKeyTable.delete(trx, scope, key.id);
        await channelTable.delete(trx, scope, id);
      });
      return {};
    },
  };
}

import { ChannelNotBroadcasting, type Scope, type StreamSummary, StreamUnavailable } from '@proscenium/model';
import type { Handlers } from '../http/handlers.ts';
import type { Listing, PageTokens } from '../pagination/page-tokens.ts';
import { readPage } from '../pagination/read-page.ts';
import type { Store } from '../store/store.ts';
import type { ChannelEndpoints } from './channel-endpoints.ts';
import { channelTable } from './channel-table.ts';
import { findStream, listLiveStreams, type StreamRecord } from './stream-table.ts';

type StreamOperations = Required<Pick<Handlers, 'GetStream' | 'ListStreams' | 'StopStream'>>;

export interface StreamOperationsParts {
  readonly store: Store;
  readonly channelEndpoints: ChannelEndpoints;
  readonly pageTokens: PageTokens;
  readonly viewers: {
    /** How many watch it now. */
    count(channelArn: string): number;
  };
  readonly encoders: {
    /** Cuts the encoder of a channel off. Resolves when that is written down; at once where there is none. */
    stop(channelArn: string): Promise<void>;
  };
}

export function streamOperations({
  store,
  channelEndpoints,
  pageTokens,
  viewers,
  encoders,
}: StreamOperationsParts): StreamOperations {
  async function getLive(scope: Scope, channelArn: string): Promise<StreamRecord> {
    const { id } = await channelTable.get(store.db, scope, channelArn);
    const stream = await findStream(store.db, scope, id);
    if (!stream?.isLive) throw new ChannelNotBroadcasting();
    return stream;
  }

  function toSummary(scope: Scope, { channelId, streamId, health, startTime }: StreamRecord): StreamSummary {
    const channelArn = channelTable.arn(scope, { id: channelId });
    return { channelArn, streamId, state: 'LIVE', health, viewerCount: viewers.count(channelArn), startTime };
  }

  return {
    async GetStream({ channelArn }, { scope }) {
      const stream = toSummary(scope, await getLive(scope, channelArn));
      return { stream: { ...stream, playbackUrl: channelEndpoints.playbackUrl(channelArn) } };
    },

    async ListStreams({ filterBy, ...request }, { scope }) {
      const listing: Listing = { operation: 'ListStreams', scope, filters: [filterBy?.health] };
      const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
        listLiveStreams(store.db, scope, slice, filterBy?.health),
      );
      return { streams: rows.map((stream) => toSummary(scope, stream)), ...next };
    },

    async StopStream({ channelArn }, { scope }) {
      const { id } = await channelTable.get(store.db, scope, channelArn);
      // One that is yet to be seen can be stopped as well.
      const stream = await findStream(store.db, scope, id);
      if (stream === undefined) throw new ChannelNotBroadcasting();
      if (stream.sender === 'COMPOSITION') {
        throw new StreamUnavailable('A composition goes to the channel: stop the composition');
      }
      await encoders.stop(channelArn);
      return {};
    },
  };
}

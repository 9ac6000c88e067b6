import type { Scope } from '@proscenium/model';
import { everything } from '../pagination/read-page.ts';
import { type ResourceRecord, resourceTable } from '../store/resource-table.ts';
import type { Database } from '../store/store.ts';

/** A stream key of a channel as the store keeps it. It has no name. */
export type StreamKeyRecord = ResourceRecord & {
  channelId: string;
  /** The last part of the key. */
  secret: string;
};

export const streamKeyTable = resourceTable<'stream_keys', StreamKeyRecord>('stream_keys', {
  resourceType: 'stream-key',
  title: 'Stream key',
  plural: 'stream keys',
  toColumns: ({ channelId, secret }) => ({ channel_id: channelId, secret }),
  fromRow: ({ channel_id, secret }) => ({ channelId: channel_id, secret }),
});

export function listStreamKeys(db: Database, scope: Scope, channelId: string): Promise<StreamKeyRecord[]> {
  return streamKeyTable.list(db, scope, everything, { channel_id: channelId });
}

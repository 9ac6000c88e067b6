import type {
  ChannelLatencyMode,
  ChannelType,
  MultitrackInputConfiguration,
  Scope,
  TranscodePreset,
} from '@proscenium/model';
import { ownId } from '../store/own-id.ts';
import { type ResourceRecord, resourceTable } from '../store/resource-table.ts';
import type { Database } from '../store/store.ts';

/** What is kept of what a channel was made with. */
export interface ChannelSettings {
  readonly latencyMode: ChannelLatencyMode;
  readonly type: ChannelType;
  /** Whether encoders may come unencrypted. */
  readonly insecureIngest: boolean;
  /** Of the advanced types alone. */
  readonly preset?: TranscodePreset;
  readonly multitrackInputConfiguration: MultitrackInputConfiguration;
}

/** A channel as the store keeps it. */
export type ChannelRecord = ResourceRecord & { settings: ChannelSettings };

export const channelTable = resourceTable<'channels', ChannelRecord>('channels', {
  resourceType: 'channel',
  title: 'Channel',
  plural: 'channels',
  toColumns: ({ settings }) => ({ settings_json: JSON.stringify(settings) }),
  fromRow: ({ settings_json }) => ({ settings: JSON.parse(settings_json) }),
});

/** Whether the caller has made such a channel. */
export async function hasMadeChannel(db: Database, scope: Scope, arn: string): Promise<boolean> {
  const id = ownId(scope, 'channel', arn);
  return id !== undefined && (await channelTable.find(db, scope, id)) !== undefined;
}

import type { Channel, ChannelStreamKey, ChannelStreamKeySummary, ChannelSummary, Scope } from '@proscenium/model';
import type { ChannelEndpoints } from './channel-endpoints.ts';
import { type ChannelRecord, channelTable } from './channel-table.ts';
import { formatChannelKey } from './stream-key.ts';
import { type StreamKeyRecord, streamKeyTable } from './stream-key-table.ts';

/** A channel as callers see it. */
export function toChannel(scope: Scope, record: ChannelRecord, endpoints: ChannelEndpoints): Channel {
  const { multitrackInputConfiguration } = record.settings;
  return {
    ...toChannelSummary(scope, record),
    ingestEndpoint: endpoints.ingestEndpoint,
    playbackUrl: endpoints.playbackUrl(channelTable.arn(scope, record)),
    multitrackInputConfiguration,
    containerFormat: 'FRAGMENTED_MP4',
  };
}

export function toChannelSummary(scope: Scope, record: ChannelRecord): ChannelSummary {
  const { name, tags, settings } = record;
  const { latencyMode, type, insecureIngest, preset } = settings;
  return {
    arn: channelTable.arn(scope, record),
    name,
    latencyMode,
    authorized: false,
    recordingConfigurationArn: '',
    tags,
    insecureIngest,
    type,
    ...(preset && { preset }),
    playbackRestrictionPolicyArn: '',
    adConfigurationArn: '',
  };
}

export function toStreamKey(scope: Scope, record: StreamKeyRecord): ChannelStreamKey {
  return { ...toStreamKeySummary(scope, record), value: formatChannelKey(scope, record) };
}

/** Without its secret. */
export function toStreamKeySummary(scope: Scope, record: StreamKeyRecord): ChannelStreamKeySummary {
  return {
    arn: streamKeyTable.arn(scope, record),
    channelArn: channelTable.arn(scope, { id: record.channelId }),
    tags: record.tags,
  };
}

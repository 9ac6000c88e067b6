import type { Static } from 'typebox';
import { list, string, structure } from '../schema.ts';
import { ChannelArn, StreamKeyArn } from './arn.ts';
import { Tags } from './tags.ts';

/** What an encoder publishes to a channel with: a secret. */
export const ChannelStreamKeyValue = string({ sensitive: true });

/** `StreamKey` of the low-latency API. In this package that name is taken by the keys of ingest configurations. */
export const ChannelStreamKey = structure(
  {},
  { arn: StreamKeyArn, value: ChannelStreamKeyValue, channelArn: ChannelArn, tags: Tags },
);
export type ChannelStreamKey = Static<typeof ChannelStreamKey>;

export const ChannelStreamKeySummary = structure({}, { arn: StreamKeyArn, channelArn: ChannelArn, tags: Tags });
export type ChannelStreamKeySummary = Static<typeof ChannelStreamKeySummary>;

export const StreamKeyArnList = list(StreamKeyArn, { min: 1, max: 50 });

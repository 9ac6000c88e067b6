import type { Static } from 'typebox';
import { enumeration, integer, string, structure, timestamp } from '../schema.ts';
import { ChannelArn } from './arn.ts';

export const StreamId = string({ min: 26, max: 26, pattern: 'st-[a-zA-Z0-9]+' });

export const StreamState = enumeration('LIVE', 'OFFLINE');
export type StreamState = Static<typeof StreamState>;

export const StreamHealth = enumeration('HEALTHY', 'STARVING', 'UNKNOWN');
export type StreamHealth = Static<typeof StreamHealth>;

/** What is live on a channel. */
export const Stream = structure(
  {},
  {
    channelArn: ChannelArn,
    streamId: StreamId,
    playbackUrl: string(),
    startTime: timestamp(),
    state: StreamState,
    health: StreamHealth,
    viewerCount: integer(),
  },
);
export type Stream = Static<typeof Stream>;

export const StreamSummary = structure(
  {},
  {
    channelArn: ChannelArn,
    streamId: StreamId,
    state: StreamState,
    health: StreamHealth,
    viewerCount: integer(),
    startTime: timestamp(),
  },
);
export type StreamSummary = Static<typeof StreamSummary>;

export const StreamFilters = structure({}, { health: StreamHealth });
export type StreamFilters = Static<typeof StreamFilters>;

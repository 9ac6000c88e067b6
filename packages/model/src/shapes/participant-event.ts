import type { Static } from 'typebox';
import { boolean, enumeration, structure, timestamp } from '../schema.ts';
import { StageArn } from './arn.ts';
import { ParticipantId } from './participant.ts';
import { ExchangedParticipantToken } from './participant-token.ts';
import { StageSessionId } from './stage.ts';

export const EventName = enumeration(
  'JOINED',
  'LEFT',
  'PUBLISH_STARTED',
  'PUBLISH_STOPPED',
  'SUBSCRIBE_STARTED',
  'SUBSCRIBE_STOPPED',
  'PUBLISH_ERROR',
  'SUBSCRIBE_ERROR',
  'JOIN_ERROR',
  'REPLICATION_STARTED',
  'REPLICATION_STOPPED',
  'TOKEN_EXCHANGED',
);
export type EventName = Static<typeof EventName>;

export const EventErrorCode = enumeration(
  'INSUFFICIENT_CAPABILITIES',
  'QUOTA_EXCEEDED',
  'PUBLISHER_NOT_FOUND',
  'BITRATE_EXCEEDED',
  'RESOLUTION_EXCEEDED',
  'STREAM_DURATION_EXCEEDED',
  'INVALID_AUDIO_CODEC',
  'INVALID_VIDEO_CODEC',
  'INVALID_PROTOCOL',
  'INVALID_STREAM_KEY',
  'REUSE_OF_STREAM_KEY',
  'B_FRAME_PRESENT',
  'INVALID_INPUT',
  'INTERNAL_SERVER_EXCEPTION',
);
export type EventErrorCode = Static<typeof EventErrorCode>;

export const Event = structure(
  {},
  {
    name: EventName,
    participantId: ParticipantId,
    eventTime: timestamp(),
    /** Of subscribe events: the publisher. */
    remoteParticipantId: ParticipantId,
    /** Of error events. */
    errorCode: EventErrorCode,
    /** Of replication events, like `destinationSessionId`. */
    destinationStageArn: StageArn,
    destinationSessionId: StageSessionId,
    /** Whether the participant, or the publisher of a subscribe event, is a replica. */
    replica: boolean(),
    /** Of token exchanges, like `newToken`. */
    previousToken: ExchangedParticipantToken,
    newToken: ExchangedParticipantToken,
  },
);
export type Event = Static<typeof Event>;

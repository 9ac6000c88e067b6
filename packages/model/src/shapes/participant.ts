import type { Static } from 'typebox';
import { boolean, enumeration, map, string, structure, timestamp } from '../schema.ts';
import { IngestConfigurationArn, StageArn } from './arn.ts';
import {
  ParticipantRecordingS3BucketName,
  ParticipantRecordingS3Prefix,
  ParticipantRecordingState,
} from './participant-recording.ts';
import { ReplicationState, ReplicationType } from './replication.ts';
import { StageSessionId } from './stage.ts';

export const ParticipantId = string({ max: 64, pattern: '[a-zA-Z0-9-_]*' });

/** The customer's own label of a person. */
export const UserId = string({ max: 128 });

/** Keys and values together hold at most 1 KB (`attributesSizeBytes`). */
export const ParticipantAttributes = map(string());
export type ParticipantAttributes = Static<typeof ParticipantAttributes>;

export const ParticipantState = enumeration('CONNECTED', 'DISCONNECTED');
export type ParticipantState = Static<typeof ParticipantState>;

export const ParticipantProtocol = enumeration('UNKNOWN', 'WHIP', 'RTMP', 'RTMPS');
export type ParticipantProtocol = Static<typeof ParticipantProtocol>;

/** What a participant's client tells about itself. */
export const ParticipantClientAttribute = string({ max: 128, pattern: '[a-zA-Z0-9-_.,:;\\s]*' });

const presenceMembers = {
  participantId: ParticipantId,
  userId: UserId,
  state: ParticipantState,
  firstJoinTime: timestamp(),
};
const originMembers = {
  replicationType: ReplicationType,
  replicationState: ReplicationState,
  sourceStageArn: StageArn,
  sourceSessionId: StageSessionId,
  redundantIngest: boolean(),
  ingestConfigurationArn: IngestConfigurationArn,
};

export const ParticipantSummary = structure(
  {},
  { ...presenceMembers, published: boolean(), recordingState: ParticipantRecordingState, ...originMembers },
);
export type ParticipantSummary = Static<typeof ParticipantSummary>;

export const Participant = structure(
  {},
  {
    ...presenceMembers,
    attributes: ParticipantAttributes,
    published: boolean(),
    ispName: ParticipantClientAttribute,
    osName: ParticipantClientAttribute,
    osVersion: ParticipantClientAttribute,
    browserName: ParticipantClientAttribute,
    browserVersion: ParticipantClientAttribute,
    sdkVersion: ParticipantClientAttribute,
    recordingS3BucketName: ParticipantRecordingS3BucketName,
    recordingS3Prefix: ParticipantRecordingS3Prefix,
    recordingState: ParticipantRecordingState,
    protocol: ParticipantProtocol,
    ...originMembers,
  },
);
export type Participant = Static<typeof Participant>;

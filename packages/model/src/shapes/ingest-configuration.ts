import type { Static } from 'typebox';
import { boolean, enumeration, inAnyCase, list, string, structure } from '../schema.ts';
import { IngestConfigurationArn, IngestConfigurationStageArn } from './arn.ts';
import { IngestConfigurationName } from './name.ts';
import { ParticipantAttributes, ParticipantId, UserId } from './participant.ts';
import { Tags } from './tags.ts';

/** Published command line examples write `rtmps`, hence any case. */
export const IngestProtocol = inAnyCase(enumeration('RTMP', 'RTMPS'));
export type IngestProtocol = Static<typeof IngestProtocol>;

export const IngestConfigurationState = enumeration('ACTIVE', 'INACTIVE');
export type IngestConfigurationState = Static<typeof IngestConfigurationState>;

/** What an encoder publishes with: a secret. */
export const StreamKey = string({ pattern: 'rt_[0-9]+_[a-z0-9-]+_[a-zA-Z0-9-]+_.+', sensitive: true });

/** Participant id and key of one of the two streams of a redundant ingest. */
export const RedundantIngestCredential = structure({}, { participantId: ParticipantId, streamKey: StreamKey });
export type RedundantIngestCredential = Static<typeof RedundantIngestCredential>;

const requiredMembers = {
  arn: IngestConfigurationArn,
  ingestProtocol: IngestProtocol,
  stageArn: IngestConfigurationStageArn,
  participantId: ParticipantId,
  state: IngestConfigurationState,
};
const optionalMembers = { name: IngestConfigurationName, userId: UserId, redundantIngest: boolean() };

export const IngestConfiguration = structure(
  { ...requiredMembers, streamKey: StreamKey },
  {
    ...optionalMembers,
    redundantIngestCredentials: list(RedundantIngestCredential),
    attributes: ParticipantAttributes,
    tags: Tags,
  },
  ['name', 'arn', 'ingestProtocol', 'streamKey'],
);
export type IngestConfiguration = Static<typeof IngestConfiguration>;

export const IngestConfigurationSummary = structure(requiredMembers, optionalMembers, ['name']);
export type IngestConfigurationSummary = Static<typeof IngestConfigurationSummary>;

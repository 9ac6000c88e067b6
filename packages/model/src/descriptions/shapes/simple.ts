import * as arn from '../../shapes/arn.ts';
import { ChannelArnList } from '../../shapes/channel.ts';
import { ChannelStreamKeyValue, StreamKeyArnList } from '../../shapes/channel-stream-key.ts';
import { StreamKey } from '../../shapes/ingest-configuration.ts';
import { AttributeKey } from '../../shapes/layout.ts';
import * as name from '../../shapes/name.ts';
import { PaginationToken } from '../../shapes/page.ts';
import { ParticipantAttributes, ParticipantClientAttribute, ParticipantId, UserId } from '../../shapes/participant.ts';
import { ParticipantRecordingS3BucketName, ParticipantRecordingS3Prefix } from '../../shapes/participant-recording.ts';
import {
  ParticipantTokenAttributes,
  ParticipantTokenCapabilities,
  ParticipantTokenDurationMinutes,
  ParticipantTokenId,
  ParticipantTokenString,
  ParticipantTokenUserId,
} from '../../shapes/participant-token.ts';
import { PublicKeyFingerprint, PublicKeyMaterial } from '../../shapes/public-key.ts';
import { ReconnectWindowSeconds } from '../../shapes/replication.ts';
import { StageEndpoint, StageSessionId } from '../../shapes/stage.ts';
import { StreamId } from '../../shapes/stream.ts';
import { TagKey, TagKeyList, Tags, TagValue } from '../../shapes/tags.ts';
import { ThumbnailIntervalSeconds, ThumbnailStorageTypeList } from '../../shapes/thumbnail.ts';
import type { SimpleDescription } from '../describe.ts';

export const simpleShapes: readonly SimpleDescription[] = [
  { name: 'StageArn', shape: arn.StageArn, about: 'ARN of a stage.' },
  { name: 'CompositionArn', shape: arn.CompositionArn, about: 'ARN of a composition.' },
  { name: 'EncoderConfigurationArn', shape: arn.EncoderConfigurationArn, about: 'ARN of an encoder configuration.' },
  { name: 'StorageConfigurationArn', shape: arn.StorageConfigurationArn, about: 'ARN of a storage configuration.' },
  { name: 'IngestConfigurationArn', shape: arn.IngestConfigurationArn, about: 'ARN of an ingest configuration.' },
  { name: 'PublicKeyArn', shape: arn.PublicKeyArn, about: 'ARN of a public key.' },
  { name: 'ChannelArn', shape: arn.ChannelArn, about: 'ARN of a channel of the low-latency API.' },
  { name: 'StreamKeyArn', shape: arn.StreamKeyArn, about: 'ARN of a channel’s stream key.' },
  {
    name: 'ChannelRecordingConfigurationArn',
    shape: arn.ChannelRecordingConfigurationArn,
    about: 'ARN of a recording configuration of the low-latency API, or `""`.',
  },
  {
    name: 'ChannelPlaybackRestrictionPolicyArn',
    shape: arn.ChannelPlaybackRestrictionPolicyArn,
    about: 'ARN of a playback restriction policy of the low-latency API, or `""`.',
  },
  {
    name: 'ChannelAdConfigurationArn',
    shape: arn.ChannelAdConfigurationArn,
    about: 'ARN of an advertisement configuration of the low-latency API, or `""`.',
  },
  { name: 'ChannelArnList', shape: ChannelArnList, about: 'ARNs of channels.' },
  { name: 'StreamKeyArnList', shape: StreamKeyArnList, about: 'ARNs of stream keys.' },
  {
    name: 'ChannelStreamKeyValue',
    shape: ChannelStreamKeyValue,
    about: 'What an encoder publishes to a channel with: a secret.',
  },
  { name: 'StreamId', shape: StreamId, about: 'Id of what is live on a channel, from its beginning to its end.' },
  { name: 'IngestConfigurationStageArn', shape: arn.IngestConfigurationStageArn, about: 'ARN of a stage, or `""`.' },
  {
    name: 'AutoParticipantRecordingStorageConfigurationArn',
    shape: arn.AutoParticipantRecordingStorageConfigurationArn,
    about: 'ARN of a storage configuration, or `""`.',
  },
  { name: 'ResourceArn', shape: arn.ResourceArn, about: 'ARN of a resource that can have tags.' },
  { name: 'StageName', shape: name.StageName, about: 'Label of a stage.' },
  { name: 'PublicKeyName', shape: name.PublicKeyName, about: 'Label of a public key.' },
  { name: 'IngestConfigurationName', shape: name.IngestConfigurationName, about: 'Label of an ingest configuration.' },
  {
    name: 'EncoderConfigurationName',
    shape: name.EncoderConfigurationName,
    about: 'Label of an encoder configuration.',
  },
  {
    name: 'StorageConfigurationName',
    shape: name.StorageConfigurationName,
    about: 'Label of a storage configuration.',
  },
  { name: 'ChannelName', shape: name.ChannelName, about: 'Label of a channel.' },
  { name: 'DestinationConfigurationName', shape: name.DestinationConfigurationName, about: 'Label of a destination.' },
  { name: 'StageSessionId', shape: StageSessionId, about: 'Id of a session of a stage.' },
  { name: 'StageEndpoint', shape: StageEndpoint, about: 'Address of a media endpoint.' },
  { name: 'ParticipantId', shape: ParticipantId, about: 'Id of a participant.' },
  { name: 'ParticipantAttributes', shape: ParticipantAttributes, about: 'Texts by name that a participant carries.' },
  {
    name: 'ParticipantClientAttribute',
    shape: ParticipantClientAttribute,
    about: 'Something that a participant’s client tells about itself.',
  },
  { name: 'UserId', shape: UserId, about: 'The application’s own name for a person.' },
  {
    name: 'ParticipantRecordingS3BucketName',
    shape: ParticipantRecordingS3BucketName,
    about: 'Bucket of a publisher’s recording.',
  },
  {
    name: 'ParticipantRecordingS3Prefix',
    shape: ParticipantRecordingS3Prefix,
    about: 'Beginning of the names of a recording’s files in its bucket.',
  },
  { name: 'ParticipantTokenId', shape: ParticipantTokenId, about: 'Id of the participant that a token is for.' },
  { name: 'ParticipantTokenString', shape: ParticipantTokenString, about: 'A token: a secret.' },
  { name: 'ParticipantTokenUserId', shape: ParticipantTokenUserId, about: 'The application’s own name for a person.' },
  {
    name: 'ParticipantTokenAttributes',
    shape: ParticipantTokenAttributes,
    about: 'Texts by name that come with a token.',
  },
  {
    name: 'ParticipantTokenDurationMinutes',
    shape: ParticipantTokenDurationMinutes,
    about: 'How long a token is good.',
  },
  { name: 'ParticipantTokenCapabilities', shape: ParticipantTokenCapabilities, about: 'What a token allows.' },
  { name: 'PublicKeyMaterial', shape: PublicKeyMaterial, about: 'A public key as PEM text.' },
  { name: 'PublicKeyFingerprint', shape: PublicKeyFingerprint, about: 'A digest of a public key.' },
  { name: 'StreamKey', shape: StreamKey, about: 'What an encoder publishes with: a secret.' },
  { name: 'ReconnectWindowSeconds', shape: ReconnectWindowSeconds, about: 'How long a lost publisher may stay away.' },
  { name: 'AttributeKey', shape: AttributeKey, about: 'Name of an attribute of participants.' },
  { name: 'ThumbnailIntervalSeconds', shape: ThumbnailIntervalSeconds, about: 'Time between still pictures.' },
  { name: 'ThumbnailStorageTypeList', shape: ThumbnailStorageTypeList, about: 'Which still pictures are kept.' },
  {
    name: 'PaginationToken',
    shape: PaginationToken,
    about: 'Where a list goes on. Its content means nothing to callers.',
  },
  { name: 'Tags', shape: Tags, about: 'Tags of a resource.' },
  { name: 'TagKey', shape: TagKey, about: 'Name of a tag.' },
  { name: 'TagValue', shape: TagValue, about: 'Value of a tag.' },
  { name: 'TagKeyList', shape: TagKeyList, about: 'Names of tags.' },
];

import type { Static } from 'typebox';
import { enumeration, integer, list, structure } from '../schema.ts';
import { ChannelArn, EncoderConfigurationArn, StorageConfigurationArn } from './arn.ts';
import { DestinationConfigurationName } from './name.ts';
import { ThumbnailIntervalSeconds, ThumbnailStorageTypeList } from './thumbnail.ts';

export const ChannelDestinationConfiguration = structure(
  { channelArn: ChannelArn },
  { encoderConfigurationArn: EncoderConfigurationArn },
);
export type ChannelDestinationConfiguration = Static<typeof ChannelDestinationConfiguration>;

export const RecordingConfigurationFormat = enumeration('HLS');
export type RecordingConfigurationFormat = Static<typeof RecordingConfigurationFormat>;

export const CompositionRecordingHlsConfiguration = structure(
  {},
  { targetSegmentDurationSeconds: integer({ min: 2, max: 10 }) },
);
export type CompositionRecordingHlsConfiguration = Static<typeof CompositionRecordingHlsConfiguration>;

export const RecordingConfiguration = structure(
  {},
  { hlsConfiguration: CompositionRecordingHlsConfiguration, format: RecordingConfigurationFormat },
);
export type RecordingConfiguration = Static<typeof RecordingConfiguration>;

export const CompositionThumbnailConfiguration = structure(
  {},
  { targetIntervalSeconds: ThumbnailIntervalSeconds, storage: ThumbnailStorageTypeList },
);
export type CompositionThumbnailConfiguration = Static<typeof CompositionThumbnailConfiguration>;

export const S3DestinationConfiguration = structure(
  {
    storageConfigurationArn: StorageConfigurationArn,
    encoderConfigurationArns: list(EncoderConfigurationArn, { min: 1, max: 1 }),
  },
  {
    recordingConfiguration: RecordingConfiguration,
    thumbnailConfigurations: list(CompositionThumbnailConfiguration, { max: 1 }),
  },
);
export type S3DestinationConfiguration = Static<typeof S3DestinationConfiguration>;

/** Exactly one of `channel` and `s3`. */
export const DestinationConfiguration = structure(
  {},
  {
    name: DestinationConfigurationName,
    channel: ChannelDestinationConfiguration,
    s3: S3DestinationConfiguration,
  },
);
export type DestinationConfiguration = Static<typeof DestinationConfiguration>;

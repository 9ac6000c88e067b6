import type { Static } from 'typebox';
import { boolean, enumeration, integer, list, string, structure } from '../schema.ts';
import { AutoParticipantRecordingStorageConfigurationArn } from './arn.ts';
import { ThumbnailIntervalSeconds, ThumbnailRecordingMode, ThumbnailStorageTypeList } from './thumbnail.ts';

export const ParticipantRecordingMediaType = enumeration('AUDIO_VIDEO', 'AUDIO_ONLY', 'NONE');
export type ParticipantRecordingMediaType = Static<typeof ParticipantRecordingMediaType>;

export const ParticipantRecordingState = enumeration('STARTING', 'ACTIVE', 'STOPPING', 'STOPPED', 'FAILED', 'DISABLED');
export type ParticipantRecordingState = Static<typeof ParticipantRecordingState>;

export const ParticipantRecordingFilterByRecordingState = enumeration(
  'STARTING',
  'ACTIVE',
  'STOPPING',
  'STOPPED',
  'FAILED',
);
export type ParticipantRecordingFilterByRecordingState = Static<typeof ParticipantRecordingFilterByRecordingState>;

export const ParticipantRecordingS3BucketName = string({ max: 63, pattern: '[a-z0-9-.]*' });

/** Prefixes are paths: the published pattern forgets the slash. */
export const ParticipantRecordingS3Prefix = string({ max: 256, pattern: '[a-zA-Z0-9-/]*' });

export const ParticipantThumbnailConfiguration = structure(
  {},
  {
    targetIntervalSeconds: ThumbnailIntervalSeconds,
    storage: ThumbnailStorageTypeList,
    recordingMode: ThumbnailRecordingMode,
  },
);
export type ParticipantThumbnailConfiguration = Static<typeof ParticipantThumbnailConfiguration>;

export const ParticipantRecordingHlsConfiguration = structure(
  {},
  { targetSegmentDurationSeconds: integer({ min: 2, max: 10 }) },
);
export type ParticipantRecordingHlsConfiguration = Static<typeof ParticipantRecordingHlsConfiguration>;

export const AutoParticipantRecordingConfiguration = structure(
  { storageConfigurationArn: AutoParticipantRecordingStorageConfigurationArn },
  {
    mediaTypes: list(ParticipantRecordingMediaType, { max: 1 }),
    thumbnailConfiguration: ParticipantThumbnailConfiguration,
    recordingReconnectWindowSeconds: integer({ min: 0, max: 300 }),
    hlsConfiguration: ParticipantRecordingHlsConfiguration,
    recordParticipantReplicas: boolean(),
  },
);
export type AutoParticipantRecordingConfiguration = Static<typeof AutoParticipantRecordingConfiguration>;

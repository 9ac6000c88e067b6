import type { AutoParticipantRecordingConfiguration } from '@proscenium/model';

/** What a stage records of its participants, every member filled. */
export type RecordingSettings = {
  /** Empty: nothing is recorded. */
  storageConfigurationArn: string;
  mediaTypes: NonNullable<AutoParticipantRecordingConfiguration['mediaTypes']>;
  thumbnailConfiguration: Required<NonNullable<AutoParticipantRecordingConfiguration['thumbnailConfiguration']>>;
  recordingReconnectWindowSeconds: number;
  hlsConfiguration: { targetSegmentDurationSeconds: number };
  recordParticipantReplicas: boolean;
};

const off: RecordingSettings = {
  storageConfigurationArn: '',
  mediaTypes: ['AUDIO_VIDEO'],
  thumbnailConfiguration: { targetIntervalSeconds: 60, storage: ['SEQUENTIAL'], recordingMode: 'DISABLED' },
  recordingReconnectWindowSeconds: 0,
  hlsConfiguration: { targetSegmentDurationSeconds: 6 },
  recordParticipantReplicas: true,
};

/**
 * Fills what was left out, an empty list too, with the defaults. Without a storage configuration every setting goes
 * back to its default.
 */
export function fillRecordingSettings(wished: AutoParticipantRecordingConfiguration | undefined): RecordingSettings {
  if (wished === undefined || wished.storageConfigurationArn === '') return off;
  const { storageConfigurationArn, mediaTypes = [], thumbnailConfiguration, hlsConfiguration } = wished;
  const storage = [...new Set(thumbnailConfiguration?.storage)];
  return {
    storageConfigurationArn,
    mediaTypes: mediaTypes.length > 0 ? mediaTypes : off.mediaTypes,
    thumbnailConfiguration: {
      ...off.thumbnailConfiguration,
      ...thumbnailConfiguration,
      storage: storage.length > 0 ? storage : off.thumbnailConfiguration.storage,
    },
    recordingReconnectWindowSeconds: wished.recordingReconnectWindowSeconds ?? off.recordingReconnectWindowSeconds,
    hlsConfiguration: { ...off.hlsConfiguration, ...hlsConfiguration },
    recordParticipantReplicas: wished.recordParticipantReplicas ?? off.recordParticipantReplicas,
  };
}

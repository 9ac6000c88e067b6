import {
  AutoParticipantRecordingConfiguration,
  ParticipantRecordingFilterByRecordingState,
  ParticipantRecordingHlsConfiguration,
  ParticipantRecordingMediaType,
  ParticipantRecordingState,
  ParticipantThumbnailConfiguration,
} from '../../shapes/participant-recording.ts';
import { ThumbnailRecordingMode, ThumbnailStorageType } from '../../shapes/thumbnail.ts';
import { describeEnumeration, describeStructure } from '../describe.ts';

export const recordingStructures = [
  describeStructure(
    'AutoParticipantRecordingConfiguration',
    AutoParticipantRecordingConfiguration,
    'Whether and how each publisher of a stage is recorded on its own.',
    {
      storageConfigurationArn:
        'Where recordings go. `""` turns recording off, and all other settings back to their defaults.',
      mediaTypes: { meaning: 'What is recorded: one value.', default: '`["AUDIO_VIDEO"]`' },
      thumbnailConfiguration: { meaning: 'Whether and when still pictures are kept.', default: 'none are' },
      recordingReconnectWindowSeconds: {
        meaning:
          'Within how many seconds a publisher that comes back goes on with its recording instead of beginning another.',
        default: '0: always another',
      },
      hlsConfiguration: { meaning: 'How the recording is cut into segments.', default: 'segments of 6 seconds' },
      recordParticipantReplicas: {
        meaning: 'Whether replicas of publishers of other stages are recorded here as well.',
        default: '`true`',
      },
    },
  ),
  describeStructure(
    'ParticipantRecordingHlsConfiguration',
    ParticipantRecordingHlsConfiguration,
    'How a publisher’s recording is cut into segments.',
    {
      targetSegmentDurationSeconds: {
        meaning: 'How long a segment should be. It may be longer, because each must begin with a key frame.',
        default: '6',
      },
    },
  ),
  describeStructure(
    'ParticipantThumbnailConfiguration',
    ParticipantThumbnailConfiguration,
    'Still pictures of a publisher.',
    {
      targetIntervalSeconds: { meaning: 'Seconds from one to the next.', default: '60' },
      storage: { meaning: 'Which of them are kept.', default: '`["SEQUENTIAL"]`' },
      recordingMode: { meaning: 'Whether there are any.', default: '`DISABLED`' },
    },
  ),
];

const states = {
  STARTING: 'It is about to begin.',
  ACTIVE: 'It is going on.',
  STOPPING: 'Its end is being written.',
  STOPPED: 'It is complete.',
  FAILED: 'It could not begin, or broke off.',
};

export const recordingEnumerations = [
  describeEnumeration(
    'ParticipantRecordingMediaType',
    ParticipantRecordingMediaType,
    'What is recorded of a publisher.',
    {
      AUDIO_VIDEO: 'Sound and picture.',
      AUDIO_ONLY: 'Sound alone.',
      NONE: 'Neither: only still pictures, if these are wished for.',
    },
  ),
  describeEnumeration(
    'ParticipantRecordingState',
    ParticipantRecordingState,
    'How far the recording of a publisher is.',
    { ...states, DISABLED: 'The participant is not recorded.' },
  ),
  describeEnumeration(
    'ParticipantRecordingFilterByRecordingState',
    ParticipantRecordingFilterByRecordingState,
    'The states of a recording that a list can be limited to.',
    states,
  ),
  describeEnumeration('ThumbnailRecordingMode', ThumbnailRecordingMode, 'Whether there are still pictures.', {
    INTERVAL: 'One after each interval.',
    DISABLED: 'None.',
  }),
  describeEnumeration('ThumbnailStorageType', ThumbnailStorageType, 'Which still pictures are kept.', {
    SEQUENTIAL: 'All of them, each under a name of its own.',
    LATEST: 'The latest, always under the same name.',
  }),
];

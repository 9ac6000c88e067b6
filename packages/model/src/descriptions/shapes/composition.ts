import {
  Composition,
  CompositionState,
  CompositionSummary,
  Destination,
  DestinationDetail,
  DestinationState,
  DestinationSummary,
  S3Detail,
} from '../../shapes/composition.ts';
import {
  ChannelDestinationConfiguration,
  CompositionRecordingHlsConfiguration,
  CompositionThumbnailConfiguration,
  DestinationConfiguration,
  RecordingConfiguration,
  RecordingConfigurationFormat,
  S3DestinationConfiguration,
} from '../../shapes/destination-configuration.ts';
import { shownTags } from '../common.ts';
import { describeEnumeration, describeStructure } from '../describe.ts';

const composition = {
  arn: 'Its ARN.',
  stageArn: 'The stage that it shows.',
  state: 'How far it is.',
  tags: shownTags,
  startTime: 'When it was started.',
  endTime: 'When it ended; left out until then.',
};
const destination = {
  id: 'The destination.',
  state: 'How far it is.',
  startTime: 'When picture and sound began to arrive there; left out until then.',
  endTime: 'When it ended; left out until then.',
};

export const compositionStructures = [
  describeStructure('Composition', Composition, 'A composition.', {
    ...composition,
    layout: 'How participants are arranged, with every setting.',
    destinations: 'Where picture and sound go.',
  }),
  describeStructure('CompositionSummary', CompositionSummary, 'A composition in short.', {
    ...composition,
    destinations: 'Where picture and sound go, in short.',
  }),
  describeStructure('Destination', Destination, 'One of the places where a composition goes.', {
    ...destination,
    configuration: 'What was asked for, with every setting.',
    detail: 'What there is to know besides; of recordings alone.',
  }),
  describeStructure('DestinationSummary', DestinationSummary, 'A destination in short.', destination),
  describeStructure('DestinationDetail', DestinationDetail, 'What there is to know of a destination besides.', {
    s3: 'Of a recording: where it lies.',
  }),
  describeStructure('S3Detail', S3Detail, 'Where a recording lies.', {
    recordingPrefix: 'Beginning of the names of all its files in the bucket.',
  }),
  describeStructure(
    'DestinationConfiguration',
    DestinationConfiguration,
    'A destination: exactly one of `channel` and `s3`.',
    {
      name: { meaning: 'A label for people.', default: '`""`' },
      channel: 'A channel to broadcast to.',
      s3: 'A bucket to record into.',
    },
  ),
  describeStructure(
    'ChannelDestinationConfiguration',
    ChannelDestinationConfiguration,
    'A channel that a composition is broadcast to.',
    {
      channelArn: 'The channel. Nobody else may be broadcasting to it.',
      encoderConfigurationArn: { meaning: 'What the picture looks like.', default: 'the defaults of [Video](#video)' },
    },
  ),
  describeStructure('S3DestinationConfiguration', S3DestinationConfiguration, 'A recording of a composition.', {
    storageConfigurationArn: 'Where it goes.',
    encoderConfigurationArns: 'What the picture looks like.',
    recordingConfiguration: { meaning: 'How it is written.', default: 'HLS with segments of 2 seconds' },
    thumbnailConfigurations: { meaning: 'Still pictures to keep.', default: 'none' },
  }),
  describeStructure('RecordingConfiguration', RecordingConfiguration, 'How a recording of a composition is written.', {
    hlsConfiguration: { meaning: 'How it is cut into segments.', default: 'segments of 2 seconds' },
    format: { meaning: 'The format.', default: '`HLS`' },
  }),
  describeStructure(
    'CompositionRecordingHlsConfiguration',
    CompositionRecordingHlsConfiguration,
    'How a recording of a composition is cut into segments.',
    { targetSegmentDurationSeconds: { meaning: 'How long a segment should be.', default: '2' } },
  ),
  describeStructure(
    'CompositionThumbnailConfiguration',
    CompositionThumbnailConfiguration,
    'Still pictures of a composition.',
    {
      targetIntervalSeconds: { meaning: 'Seconds from one to the next.', default: '60' },
      storage: { meaning: 'Which of them are kept.', default: '`["SEQUENTIAL"]`' },
    },
  ),
];

const states = {
  STARTING: 'It is being set up.',
  ACTIVE: 'Picture and sound go out.',
  STOPPING: 'It is being shut down.',
  FAILED: 'It ended by an error.',
  STOPPED: 'It ended as it should.',
};

export const compositionEnumerations = [
  describeEnumeration('CompositionState', CompositionState, 'How far a composition is.', states),
  describeEnumeration('DestinationState', DestinationState, 'How far a destination is.', {
    ...states,
    RECONNECTING: 'The connection was lost and is being made again.',
  }),
  describeEnumeration('RecordingConfigurationFormat', RecordingConfigurationFormat, 'Formats of recordings.', {
    HLS: 'HTTP Live Streaming: playlists and segments.',
  }),
];

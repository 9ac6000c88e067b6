import {
  IngestConfiguration,
  IngestConfigurationState,
  IngestConfigurationSummary,
  IngestProtocol,
  RedundantIngestCredential,
} from '../../shapes/ingest-configuration.ts';
import { shownName, shownTags } from '../common.ts';
import { describeEnumeration, describeStructure } from '../describe.ts';

const summary = {
  name: shownName,
  arn: 'Its ARN.',
  ingestProtocol: 'What the encoder speaks.',
  stageArn: 'The stage that it publishes into; `""` for none.',
  participantId:
    'The id of the participant that its encoder is in the stage; with redundant ingest, the one that stands for both.',
  state: 'Whether an encoder publishes with it.',
  userId: 'The application’s own name for the participant; `""` when there is none.',
  redundantIngest: 'Whether two encoders may send at once.',
};

export const ingestStructures = [
  describeStructure('IngestConfiguration', IngestConfiguration, 'What an encoder publishes with.', {
    ...summary,
    streamKey: 'The secret key for the encoder; with redundant ingest, that of the first one.',
    redundantIngestCredentials: 'With redundant ingest: participant and key of each of the two encoders.',
    attributes: 'The participant’s attributes; left out when there are none.',
    tags: shownTags,
  }),
  describeStructure(
    'IngestConfigurationSummary',
    IngestConfigurationSummary,
    'An ingest configuration in short.',
    summary,
  ),
  describeStructure('RedundantIngestCredential', RedundantIngestCredential, 'One of two encoders that send at once.', {
    participantId: 'The id of the participant that it is in the stage.',
    streamKey: 'Its secret key.',
  }),
];

export const ingestEnumerations = [
  describeEnumeration('IngestProtocol', IngestProtocol, 'What an encoder speaks.', {
    RTMP: 'RTMP over TCP, not encrypted.',
    RTMPS: 'RTMP over TLS.',
  }),
  describeEnumeration(
    'IngestConfigurationState',
    IngestConfigurationState,
    'Whether an ingest configuration is in use.',
    {
      ACTIVE: 'An encoder publishes with it.',
      INACTIVE: 'No encoder does.',
    },
  ),
];

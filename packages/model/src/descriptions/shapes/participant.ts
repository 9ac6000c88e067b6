import { Participant, ParticipantProtocol, ParticipantState, ParticipantSummary } from '../../shapes/participant.ts';
import { describeEnumeration, describeStructure } from '../describe.ts';

const summary = {
  participantId: 'The participant.',
  userId: 'The application’s own name for the person; `""` when there is none.',
  state: 'Whether it is here.',
  firstJoinTime: 'When it joined for the first time in the session.',
  published: 'Whether it has ever published in the session.',
  recordingState: 'How far its own recording is.',
  replicationType: 'Whether it is replicated, or is a replica.',
  replicationState: 'Whether that goes on; left out when it is neither.',
  sourceStageArn: 'Of a replica: the stage in which the publisher is.',
  sourceSessionId: 'Of a replica: that stage’s session.',
  redundantIngest:
    'Whether it is one of two encoders that send the same: they are seen as the participant of their ingest configuration.',
  ingestConfigurationArn: 'The ingest configuration through which it publishes; left out for all others.',
};

export const participantStructures = [
  describeStructure('ParticipantSummary', ParticipantSummary, 'A participant in short.', summary),
  describeStructure('Participant', Participant, 'A participant of a session.', {
    ...summary,
    attributes: 'The attributes that came with its token; left out when there are none.',
    ispName: 'Its internet provider; `""` when unknown, as are the following.',
    osName: 'Its operating system.',
    osVersion: 'Version of that.',
    browserName: 'Its browser.',
    browserVersion: 'Version of that.',
    sdkVersion: 'Version of the broadcast library that it uses.',
    recordingS3BucketName: 'Bucket of its own recording; `""` when it is not recorded.',
    recordingS3Prefix: 'Where its own recording lies in the bucket; `""` when it is not recorded.',
    protocol: 'How it publishes.',
  }),
];

export const participantEnumerations = [
  describeEnumeration('ParticipantState', ParticipantState, 'Whether a participant is in the stage.', {
    CONNECTED: 'It is in the stage.',
    DISCONNECTED: 'It has left.',
  }),
  describeEnumeration('ParticipantProtocol', ParticipantProtocol, 'How a participant publishes.', {
    UNKNOWN: 'It has not published yet.',
    WHIP: 'Over WebRTC, be it a browser or another WHIP client.',
    RTMP: 'By an encoder, not encrypted.',
    RTMPS: 'By an encoder, encrypted.',
  }),
];

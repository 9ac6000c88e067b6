/** Descriptions of members that many operations and shapes have, and names for examples. */

export const name = { meaning: 'A label for people. Several resources may have the same.', default: '`""`' };
export const shownName = 'The label; `""` when there is none.';
export const tags = { meaning: 'Tags for the new resource.', default: 'none' };
export const shownTags = 'The tags; `{}` when there are none.';

export const page = {
  nextToken: 'Where to go on: the `nextToken` of the page before. Left out or `""` asks for the first page.',
  maxResults: 'Most items that the page may have.',
};
export const shownNextToken = 'There when more items exist: ask again with it.';

export const attributes =
  'Texts by name, for the application’s own use. Everybody in the stage can read them. Names and values hold at most 1,024 ' +
  'bytes of UTF-8 together.';
export const userId =
  'The application’s own name for the person, in any characters. Everybody in the stage can read it.';

const arn = (resource: string) => `arn:aws:ivs:us-west-2:123456789012:${resource}` as const;

/** What examples are about. */
export const example = {
  stageArn: arn('stage/Fr1dayShow01'),
  otherStageArn: arn('stage/R1valShow002'),
  sessionId: 'st-9z8y7x6w5v4u3',
  otherSessionId: 'st-0a1b2c3d4e5f6',
  participantId: 'pHostAAAA001',
  storageConfigurationArn: arn('storage-configuration/Arch1ve00001'),
  encoderConfigurationArn: arn('encoder-configuration/Hd30fps00001'),
  ingestConfigurationArn: arn('ingest-configuration/Stud1o000001'),
  compositionArn: arn('composition/M1xed0000001'),
  publicKeyArn: arn('public-key/S1gner000001'),
  channelArn: arn('channel/OnA1r0000001'),
  otherChannelArn: arn('channel/OffA1r000002'),
  streamKeyArn: arn('stream-key/EncKey000001'),
  streamId: 'st-1aB2cD3eF4gH5iJ6kL7mN8o',
  nextToken: 'kd93Ls0PqZ7w',
};

export const exampleRecording = {
  storageConfigurationArn: example.storageConfigurationArn,
  mediaTypes: ['AUDIO_VIDEO' as const],
  thumbnailConfiguration: {
    targetIntervalSeconds: 60,
    storage: ['SEQUENTIAL' as const],
    recordingMode: 'DISABLED' as const,
  },
  recordingReconnectWindowSeconds: 120,
  hlsConfiguration: { targetSegmentDurationSeconds: 6 },
  recordParticipantReplicas: true,
};

export const exampleStage = {
  arn: example.stageArn,
  name: 'friday-show',
  activeSessionId: '',
  tags: { team: 'red' },
  autoParticipantRecordingConfiguration: exampleRecording,
  endpoints: {
    events: 'wss://stages.example.com/events',
    whip: 'https://stages.example.com/whip/Fr1dayShow01',
    rtmp: 'rtmp://stages.example.com:1935/app/',
    rtmps: 'rtmps://stages.example.com:443/app/',
  },
};

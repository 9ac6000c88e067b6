import { example, page, shownNextToken, tags } from '../common.ts';
import { describeOperation, type ResourceDescription } from '../describe.ts';

const { stageArn, compositionArn, channelArn, encoderConfigurationArn, storageConfigurationArn } = example;
const channel = { channelArn, encoderConfigurationArn };
const s3 = { storageConfigurationArn, encoderConfigurationArns: [encoderConfigurationArn] };
const grid = {
  featuredParticipantAttribute: 'featured',
  omitStoppedVideo: false,
  videoAspectRatio: 'VIDEO' as const,
  videoFillMode: 'COVER' as const,
  gridGap: 2,
  participantOrderAttribute: '',
};
const startTime = new Date('2026-11-21T20:05:00Z');
const composition = {
  arn: compositionArn,
  stageArn,
  state: 'STARTING' as const,
  layout: { grid },
  destinations: [
    { id: 'OnA1rDest001', state: 'STARTING' as const, configuration: { name: 'air', channel } },
    {
      id: 'Rec0rdDest02',
      state: 'STARTING' as const,
      configuration: {
        name: '',
        s3: {
          ...s3,
          recordingConfiguration: { format: 'HLS' as const, hlsConfiguration: { targetSegmentDurationSeconds: 2 } },
        },
      },
      detail: { s3: { recordingPrefix: 'Fr1dayShow01/M1xed0000001/Rec0rdDest02/composite' } },
    },
  ],
  tags: {},
  startTime,
};

export const compositions: ResourceDescription = {
  page: 'compositions',
  title: 'Compositions',
  about:
    'A composition makes one picture and one sound of all who publish in a stage, and sends it to a channel, records it, or both. ' +
    'It cannot be changed, and once it has ended it can be looked at for about five minutes more.',
  operations: [
    describeOperation('StartComposition', {
      summary: 'Starts a composition of a stage.',
      notes: [
        'Destinations are one channel, one S3 recording, or one of each; each entry has exactly one of `channel` and `s3`.',
        'Stage, channel and configurations must belong to the same account and region.',
        'It ends by `StopComposition`, when nobody has published for a minute, after 24 hours, when the stage is deleted, or when ' +
          'all of its destinations have failed.',
      ],
      request: {
        stageArn: 'The stage.',
        destinations: 'Where the composed picture and sound go.',
        idempotencyToken: {
          meaning:
            'A text of the caller’s choice. The same request with the same token starts nothing new and answers with the first ' +
            'composition; another request with it is a `ConflictException`. The SDKs and the AWS CLI make one up.',
          default: 'none',
        },
        layout: { meaning: 'How participants are arranged: `grid` or `pip`.', default: 'the grid with its defaults' },
        tags,
      },
      response: { composition: 'The new composition, which is still starting.' },
      example: {
        request: {
          stageArn,
          idempotencyToken: '5c3b9a52-0c8c-4a3b-9f5b-7d0c9b0e8a0f',
          layout: { grid: { featuredParticipantAttribute: 'featured', videoFillMode: 'COVER' } },
          destinations: [{ name: 'air', channel }, { s3 }],
        },
        response: { composition },
      },
    }),
    describeOperation('GetComposition', {
      summary: 'Shows a composition.',
      request: { arn: 'The composition.' },
      response: { composition: 'The composition.' },
      example: { request: { arn: compositionArn }, response: { composition } },
    }),
    describeOperation('ListCompositions', {
      summary: 'Lists the compositions that run, and those that have ended a short while ago, the newest first.',
      notes: ['Both filters may be used together.'],
      request: {
        filterByStageArn: 'Only compositions of this stage.',
        filterByEncoderConfigurationArn: 'Only compositions that use this encoder configuration for some destination.',
        ...page,
      },
      response: { compositions: 'A page of compositions, in short.', nextToken: shownNextToken },
      example: {
        request: { filterByStageArn: stageArn },
        response: {
          compositions: [
            {
              arn: compositionArn,
              stageArn,
              state: 'ACTIVE',
              destinations: [
                { id: 'OnA1rDest001', state: 'ACTIVE', startTime: new Date('2026-11-21T20:05:03Z') },
                { id: 'Rec0rdDest02', state: 'STARTING' },
              ],
              tags: {},
              startTime,
            },
          ],
        },
      },
    }),
    describeOperation('StopComposition', {
      summary: 'Ends a composition and its destinations.',
      notes: ['One that has ended already, but can still be looked at, is no error.'],
      request: { arn: 'The composition.' },
      response: {},
      example: { request: { arn: compositionArn }, response: {} },
    }),
  ],
};

import { attributes, example, name, page, shownNextToken, tags, userId } from '../common.ts';
import { describeOperation, type ResourceDescription } from '../describe.ts';

const summary = {
  name: 'studio',
  arn: example.ingestConfigurationArn,
  ingestProtocol: 'RTMPS' as const,
  stageArn: example.stageArn,
  participantId: 'pStudioCCC03',
  state: 'INACTIVE' as const,
  userId: 'studio-camera',
  redundantIngest: false,
};
const ingestConfiguration = {
  ...summary,
  streamKey: 'rt_123456789012_us-west-2_Stud1o000001_ExampleExampleExampleExample00',
  attributes: { role: 'program' },
  tags: {},
};

export const ingestConfigurations: ResourceDescription = {
  page: 'ingest-configurations',
  title: 'Ingest configurations',
  about:
    'An ingest configuration gives an encoder (a program or a box that sends RTMP or RTMPS) a stream key with which it publishes ' +
    'into a stage, as a participant like any other.',
  operations: [
    describeOperation('CreateIngestConfiguration', {
      summary: 'Makes an ingest configuration and its stream key.',
      notes: ['A stage that does not exist is a `ValidationException`.'],
      request: {
        ingestProtocol: 'What the encoder speaks, in capitals or not. `RTMP` needs `insecureIngest`.',
        name,
        stageArn: {
          meaning: 'The stage to publish into. Without one the key is of no use until a stage is attached.',
          default: '`""`: none',
        },
        userId: { meaning: userId, default: 'none' },
        attributes: { meaning: attributes, default: 'none' },
        insecureIngest: {
          meaning: 'Whether the key may be used over RTMP, which is not encrypted. No answer shows it.',
          default: '`false`',
        },
        redundantIngest: {
          meaning: 'Whether two encoders may send the same thing at once, each with a key of its own.',
          default: '`false`',
        },
        tags,
      },
      response: { ingestConfiguration: 'The new configuration, with its secret stream key.' },
      example: {
        request: {
          name: 'studio',
          stageArn: example.stageArn,
          ingestProtocol: 'RTMPS',
          userId: 'studio-camera',
          attributes: { role: 'program' },
        },
        response: { ingestConfiguration },
      },
    }),
    describeOperation('GetIngestConfiguration', {
      summary: 'Shows an ingest configuration, each time with its secret stream key.',
      request: { arn: 'The configuration.' },
      response: { ingestConfiguration: 'The configuration.' },
      example: { request: { arn: example.ingestConfigurationArn }, response: { ingestConfiguration } },
    }),
    describeOperation('ListIngestConfigurations', {
      summary: 'Lists the ingest configurations of the account in the region, the newest first.',
      notes: ['One filter at most: both of them are a `ValidationException`.'],
      request: {
        filterByStageArn: 'Only those that are attached to this stage.',
        filterByState: 'Only those that somebody publishes with, or those that nobody does.',
        ...page,
      },
      response: {
        ingestConfigurations: 'A page of configurations, without stream keys, attributes and tags.',
        nextToken: shownNextToken,
      },
      example: { request: { filterByStageArn: example.stageArn }, response: { ingestConfigurations: [summary] } },
    }),
    describeOperation('UpdateIngestConfiguration', {
      summary: 'Attaches an ingest configuration to another stage or to none, or changes whether it is redundant.',
      notes: [
        'What is left out stays as it is. While somebody publishes with it, any change is a `ConflictException`.',
        'Redundancy that is turned on brings a second key; turned off, it takes that key away for good.',
      ],
      request: {
        arn: 'The configuration.',
        stageArn: 'The stage to publish into from now on; `""` for none.',
        redundantIngest: 'Whether two encoders may send at once.',
      },
      response: { ingestConfiguration: 'The configuration as it is now.' },
      example: {
        request: { arn: example.ingestConfigurationArn, stageArn: '' },
        response: { ingestConfiguration: { ...ingestConfiguration, stageArn: '' } },
      },
    }),
    describeOperation('DeleteIngestConfiguration', {
      summary: 'Deletes an ingest configuration. Its stream key is dead at once.',
      request: {
        arn: 'The configuration.',
        force: {
          meaning:
            '`true` cuts off whoever publishes with it; otherwise a configuration in use is a `ConflictException`.',
          default: '`false`',
        },
      },
      response: {},
      example: { request: { arn: example.ingestConfigurationArn, force: true }, response: {} },
    }),
  ],
};

import { example, name, page, shownNextToken, tags } from '../common.ts';
import { describeOperation, type ResourceDescription } from '../describe.ts';

const { encoderConfigurationArn: arn } = example;
const encoderConfiguration = {
  arn,
  name: 'hd',
  video: { width: 1920, height: 1080, framerate: 30, bitrate: 5_000_000 },
  tags: {},
};

export const encoderConfigurations: ResourceDescription = {
  page: 'encoder-configurations',
  title: 'Encoder configurations',
  about:
    'An encoder configuration says what the picture of a composition looks like. It can be used by many compositions and never ' +
    'changes: make another one instead.',
  operations: [
    describeOperation('CreateEncoderConfiguration', {
      summary: 'Makes an encoder configuration.',
      notes: [
        'Width and height must be even, and the picture no larger than 1920 × 1080 pixels in all: anything else is a ' +
          '`ValidationException`.',
      ],
      request: {
        name,
        video: {
          meaning: 'Size, frame rate and bit rate. Each that is left out has its default.',
          default: 'all defaults',
        },
        tags,
      },
      response: { encoderConfiguration: 'The new configuration, with every setting.' },
      example: {
        request: { name: 'hd', video: { width: 1920, height: 1080, bitrate: 5_000_000 } },
        response: { encoderConfiguration },
      },
    }),
    describeOperation('GetEncoderConfiguration', {
      summary: 'Shows an encoder configuration.',
      request: { arn: 'The configuration.' },
      response: { encoderConfiguration: 'The configuration.' },
      example: { request: { arn }, response: { encoderConfiguration } },
    }),
    describeOperation('ListEncoderConfigurations', {
      summary: 'Lists the encoder configurations of the account in the region, the newest first.',
      request: page,
      response: {
        encoderConfigurations: 'A page of configurations, without their settings.',
        nextToken: shownNextToken,
      },
      example: { request: {}, response: { encoderConfigurations: [{ arn, name: 'hd', tags: {} }] } },
    }),
    describeOperation('DeleteEncoderConfiguration', {
      summary: 'Deletes an encoder configuration.',
      notes: ['One that a running composition uses is a `ConflictException`.'],
      request: { arn: 'The configuration.' },
      response: {},
      example: { request: { arn }, response: {} },
    }),
  ],
};

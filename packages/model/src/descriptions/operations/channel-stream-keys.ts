import { example, page, shownNextToken, tags } from '../common.ts';
import { describeOperation, type ResourceDescription } from '../describe.ts';

const summary = { arn: example.streamKeyArn, channelArn: example.channelArn, tags: {} };
const streamKey = { ...summary, value: 'sk_us-west-2_OnA1r0000001_ExampleExampleExampleExample00' };

export const channelStreamKeys: ResourceDescription = {
  page: 'stream-keys',
  title: 'Stream keys of channels',
  about:
    'A stream key is the secret with which an encoder publishes to a channel. A channel has one, which `CreateChannel` makes; for ' +
    'another one, delete it and make the next.',
  operations: [
    describeOperation('CreateStreamKey', {
      summary: 'Makes a stream key for a channel that has none.',
      notes: ['A channel that has one already is a `ServiceQuotaExceededException`.'],
      request: { channelArn: 'The channel.', tags },
      response: { streamKey: 'The new key, with its secret.' },
      example: { request: { channelArn: example.channelArn }, response: { streamKey } },
    }),
    describeOperation('GetStreamKey', {
      summary: 'Shows a stream key, each time with its secret.',
      request: { arn: 'The stream key.' },
      response: { streamKey: 'The stream key.' },
      example: { request: { arn: example.streamKeyArn }, response: { streamKey } },
    }),
    describeOperation('BatchGetStreamKey', {
      summary: 'Shows several stream keys, with their secrets.',
      request: { arns: 'The stream keys.' },
      response: { streamKeys: 'Those that there are.', errors: 'For each that there is not, why.' },
      example: { request: { arns: [example.streamKeyArn] }, response: { streamKeys: [streamKey], errors: [] } },
    }),
    describeOperation('ListStreamKeys', {
      summary: 'Lists the stream keys of a channel.',
      request: { channelArn: 'The channel.', ...page },
      response: { streamKeys: 'A page of stream keys, without secrets.', nextToken: shownNextToken },
      example: { request: { channelArn: example.channelArn }, response: { streamKeys: [summary] } },
    }),
    describeOperation('DeleteStreamKey', {
      summary: 'Deletes a stream key. It opens nothing from then on; who publishes with it at that moment goes on.',
      request: { arn: 'The stream key.' },
      response: {},
      example: { request: { arn: example.streamKeyArn }, response: {} },
    }),
  ],
};

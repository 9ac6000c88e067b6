import { example, page, shownNextToken } from '../common.ts';
import { describeOperation, type ResourceDescription } from '../describe.ts';

const summary = {
  channelArn: example.channelArn,
  streamId: example.streamId,
  state: 'LIVE' as const,
  health: 'HEALTHY' as const,
  viewerCount: 12,
  startTime: new Date('2026-11-20T20:00:00Z'),
};

export const streams: ResourceDescription = {
  page: 'streams',
  title: 'Streams of channels',
  about:
    'A stream is what is live on a channel: what an encoder or a composition sends there, from its first picture to its last.',
  operations: [
    describeOperation('GetStream', {
      summary: 'Shows what is live on a channel.',
      notes: ['Where nothing is, it is a `ChannelNotBroadcasting`.'],
      request: { channelArn: 'The channel.' },
      response: { stream: 'The stream.' },
      example: {
        request: { channelArn: example.channelArn },
        response: {
          stream: {
            ...summary,
            playbackUrl: 'https://stages.example.com/channels/OnA1r0000001/multivariant.m3u8',
          },
        },
      },
    }),
    describeOperation('ListStreams', {
      summary: 'Lists what is live on channels of the account in the region, the newest first.',
      request: { filterBy: 'Only those that stand like this.', ...page },
      response: { streams: 'A page of streams.', nextToken: shownNextToken },
      example: { request: { filterBy: { health: 'HEALTHY' } }, response: { streams: [summary] } },
    }),
    describeOperation('StopStream', {
      summary: 'Cuts off the encoder that streams to a channel.',
      notes: [
        'Encoders tend to come again by themselves; a stream key that was deleted keeps them out.',
        'Where nothing is live it is a `ChannelNotBroadcasting`, and where a composition is, a `StreamUnavailable`: stop that.',
      ],
      request: { channelArn: 'The channel.' },
      response: {},
      example: { request: { channelArn: example.channelArn }, response: {} },
    }),
  ],
};

import { operation } from '../operation.ts';
import { list, structure } from '../schema.ts';
import { ChannelArn } from '../shapes/arn.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import { Stream, StreamFilters, StreamSummary } from '../shapes/stream.ts';

const service = 'ivs';

export const GetStream = operation('GetStream', {
  service,
  since: '2020-07-14',
  request: structure({ channelArn: ChannelArn }),
  response: structure({}, { stream: Stream }),
  errors: ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException', 'ChannelNotBroadcasting'],
});

export const ListStreams = operation('ListStreams', {
  service,
  since: '2020-07-14',
  request: structure({}, { filterBy: StreamFilters, ...pageRequest(100) }),
  response: structure({ streams: list(StreamSummary) }, pageResponse),
  errors: ['ValidationException', 'AccessDeniedException'],
  pagination: { items: 'streams', maximum: 100, default: 50 },
});

export const StopStream = operation('StopStream', {
  service,
  since: '2020-07-14',
  request: structure({ channelArn: ChannelArn }),
  response: structure({}),
  errors: [
    'ValidationException',
    'AccessDeniedException',
    'ResourceNotFoundException',
    'ChannelNotBroadcasting',
    'StreamUnavailable',
  ],
});

import { Stream, StreamFilters, StreamHealth, StreamState, StreamSummary } from '../../shapes/stream.ts';
import { describeEnumeration, describeStructure } from '../describe.ts';

const summary = {
  channelArn: 'The channel that it goes to.',
  streamId: 'Its id: another one each time that something begins.',
  state: 'Always `LIVE`: what has ended is not told of.',
  health: 'Whether it comes as fast as it is to be played.',
  viewerCount: 'How many players asked for its playlist lately.',
  startTime: 'When it began.',
};

export const streamStructures = [
  describeStructure('Stream', Stream, 'What is live on a channel.', {
    ...summary,
    playbackUrl: 'Address of the HLS playlist that players open.',
  }),
  describeStructure('StreamSummary', StreamSummary, 'A stream in short.', summary),
  describeStructure('StreamFilters', StreamFilters, 'Which streams are listed.', {
    health: 'Those alone that stand like this.',
  }),
];

export const streamEnumerations = [
  describeEnumeration('StreamState', StreamState, 'Whether there is something to watch.', {
    LIVE: 'There is.',
    OFFLINE: 'There is not.',
  }),
  describeEnumeration('StreamHealth', StreamHealth, 'How a stream comes.', {
    HEALTHY: 'As fast as it is played.',
    STARVING: 'Too slowly, or not at all at the moment.',
    UNKNOWN: 'Nobody knows yet.',
  }),
];

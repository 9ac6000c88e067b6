import type { GridLayout, PipLayout } from './layout.ts';

/**
 * What the API has where a layout says nothing.
 * https://docs.aws.amazon.com/ivs/latest/RealTimeAPIReference/API_GridConfiguration.html
 */
export const defaultGrid: GridLayout = {
  featuredParticipantAttribute: '',
  omitStoppedVideo: false,
  videoAspectRatio: 'VIDEO',
  videoFillMode: '',
  gridGap: 2,
  participantOrderAttribute: '',
};

/** The same: https://docs.aws.amazon.com/ivs/latest/RealTimeAPIReference/API_PipConfiguration.html */
export const defaultPip: PipLayout = {
  featuredParticipantAttribute: '',
  omitStoppedVideo: false,
  videoFillMode: 'COVER',
  gridGap: 0,
  pipParticipantAttribute: '',
  pipBehavior: 'STATIC',
  pipOffset: 0,
  pipPosition: 'BOTTOM_RIGHT',
  participantOrderAttribute: '',
};

import type { InBandMessagingSubscribeConfiguration } from '../streams/in-band-messaging.ts';
import type { LocalStageStream } from '../streams/local-stage-stream.ts';
import type { RemoteStageStream } from '../streams/remote-stage-stream.ts';
import type { StageStreamLayer } from '../streams/stage-stream-layer.ts';
import type { JitterBufferConfiguration } from '../subscribe/jitter-buffer.ts';
import type { StageParticipantInfo } from './stage-participant.ts';

/** What is wanted of a remote participant. */
export const SubscribeType = {
  /** Nothing. */
  NONE: 'none',
  /** Sound without pictures. */
  AUDIO_ONLY: 'audio_only',
  /** Whatever is published. */
  AUDIO_VIDEO: 'audio_video',
} as const;
export type SubscribeType = (typeof SubscribeType)[keyof typeof SubscribeType];

/** Where a remote video of several layers begins. */
export const InitialLayerPreference = {
  /** At the bottom, from where it climbs. */
  LOWEST_QUALITY: 'lowest_quality',
  /** At the top, from where it falls if it must. */
  HIGHEST_QUALITY: 'highest_quality',
} as const;
export type InitialLayerPreference = (typeof InitialLayerPreference)[keyof typeof InitialLayerPreference];

/** Which layers of a remote participant's video are received. */
export interface SimulcastSubscribeConfiguration {
  /** @default LOWEST_QUALITY */
  readonly initialLayerPreference?: InitialLayerPreference;
}

/** How a remote participant is subscribed to. */
export interface SubscribeConfiguration {
  /** How long what is received waits before it is played. */
  readonly jitterBuffer?: JitterBufferConfiguration;
  /** Which layers are received. */
  readonly simulcast?: SimulcastSubscribeConfiguration;
  /** Messages inside the video. */
  readonly inBandMessaging?: InBandMessagingSubscribeConfiguration;
}

/** The application's wishes. The stage asks, synchronously, whenever an answer may have changed. */
export interface StageStrategy {
  /** Asked after joining and on refresh. */
  shouldPublishParticipant(participant: StageParticipantInfo): boolean;
  /** Asked when publishing is wished. The first audio and the first video stream count; undefined items are passed over. */
  stageStreamsToPublish(): readonly (LocalStageStream | undefined | null)[];
  /** Asked when a remote participant joins or publishes, and on refresh. */
  shouldSubscribeToParticipant(participant: StageParticipantInfo): SubscribeType;
  /** Asked with it. */
  subscribeConfiguration?(participant: StageParticipantInfo): SubscribeConfiguration | undefined;
  /** The highest layer to be received, or its label; nothing for whatever the connection carries. Asked when layers are known. */
  preferredLayerForStream?(
    participant: StageParticipantInfo,
    stream: RemoteStageStream,
  ): StageStreamLayer | string | undefined | null;
}

/** At most one stream of each kind. */
export interface LocalStreams {
  readonly audio: LocalStageStream | undefined;
  readonly video: LocalStageStream | undefined;
}

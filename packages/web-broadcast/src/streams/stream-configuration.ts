import type { InBandMessagingStageVideoConfiguration } from './in-band-messaging.ts';

/** How one layer of a video is sent. */
export interface SimulcastLocalLayerConfiguration {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly maxBitrateKbps: number;
  readonly maxFramerate: number;
}

/** Sends a video in several sizes at once, so that each subscriber gets the one that fits. Takes effect when a publish begins. */
export interface SimulcastConfiguration {
  /** @default false */
  readonly enabled?: boolean;
  /**
   * One to three, of the source's aspect ratio and within the stream's own limits.
   *
   * @default by the size of the source: three from 720p on, two from 360p on, below that a single one
   */
  readonly layers?: readonly SimulcastLocalLayerConfiguration[];
}

/** How a video stream is sent. */
export interface StageVideoConfiguration {
  /** `STAGE_MIN_BITRATE` to `STAGE_MAX_BITRATE`. @default STAGE_MAX_BITRATE */
  readonly maxVideoBitrateKbps?: number;
  /** `STAGE_MIN_FRAMERATE` to `STAGE_MAX_FRAMERATE`. @default STAGE_MAX_FRAMERATE */
  readonly maxFramerate?: number;
  /** Browsers that cannot send several layers send one. */
  readonly simulcast?: SimulcastConfiguration;
  /** Messages inside the video. */
  readonly inBandMessaging?: InBandMessagingStageVideoConfiguration;
  /** The older name of `maxVideoBitrateKbps`, which counts if both are there. @deprecated */
  readonly maxBitrate?: number;
  /** Without effect, as ever. @deprecated */
  readonly minBitrate?: number;
}

/** How an audio stream is sent. */
export interface StageAudioConfiguration {
  /** 12 to 128. @default 64 */
  readonly maxAudioBitrateKbps?: number;
  /** Takes effect when a publish begins. @default false */
  readonly stereo?: boolean;
}

/** How a stream is sent: what fits its kind counts. */
export type StageStreamConfiguration = StageVideoConfiguration & StageAudioConfiguration;

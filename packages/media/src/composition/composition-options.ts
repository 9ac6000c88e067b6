import type { ThumbnailStorage } from '../recording/recording-options.ts';
import type { Layout } from './layout/layout.ts';

/** What is composed, and where it goes. It stays the same for the life of a composition. */
export interface CompositionOptions {
  readonly layout: Layout;
  /** One or two. Those of one picture share its encoder. */
  readonly destinations: readonly CompositionDestination[];
}

export interface CompositionDestination {
  readonly id: string;
  readonly picture: PictureSettings;
  readonly output: RtmpOutputSettings | HlsOutputSettings;
}

export interface PictureSettings {
  /** In pixels, even; so is the height. */
  readonly width: number;
  readonly height: number;
  /** 1 to 60, not always whole. */
  readonly framesPerSecond: number;
  readonly bitrateBps: number;
}

/** A stream that is published to a server by RTMP or RTMPS. */
export interface RtmpOutputSettings {
  readonly type: 'rtmp';
  /** `rtmp://host[:port]/app` or `rtmps://...`, without the key. */
  readonly url: string;
  /** A secret. */
  readonly streamKey: string;
  /** PEM of the authorities by which the server's certificate is judged. @default those of Node */
  readonly certificateAuthorities?: string;
}

/** HLS in a folder, segment by segment. */
export interface HlsOutputSettings {
  readonly type: 'hls';
  /** Exists. What was recorded there before is gone on with, after a discontinuity. */
  readonly folder: string;
  /** Name of the one rendition's folder below `media/hls`, as `720p30-k3Jd9aQ1xYz0`. */
  readonly rendition: string;
  /** 2 to 10. */
  readonly targetSegmentDurationSeconds: number;
  /** So many of the newest segments are in the playlist of a live stream. @default all: a recording */
  readonly windowSegments?: number;
  /** @default none */
  readonly thumbnails?: {
    readonly targetIntervalSeconds: number;
    readonly storage: readonly ThumbnailStorage[];
  };
}

/**
 * Why an output has failed for good.
 *
 * - `BUSY`: somebody else publishes there already
 * - `REFUSED`: the server does not take the stream: wrong key, unknown application, bad certificate
 * - `UNREACHABLE`: it was tried for as long as is tried, or refused for no reason that is final
 * - `DISK_FULL`: the folder takes no more
 * - `INTERNAL`: anything else
 */
export type OutputFaultCode = 'BUSY' | 'REFUSED' | 'UNREACHABLE' | 'DISK_FULL' | 'INTERNAL';

/** How an output stands. Nothing follows its end. */
export type OutputReport =
  | { readonly state: 'ACTIVE' | 'RECONNECTING' | 'STOPPED' }
  | { readonly state: 'FAILED'; readonly code: OutputFaultCode; readonly message: string };

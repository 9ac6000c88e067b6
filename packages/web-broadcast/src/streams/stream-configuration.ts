/** How one layer of a video is sent. */
export interface SimulcastLocalLayerConfiguration {
  readonly width: number;
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
  /** @default 2500 */
  readonly maxVideoBitrateKbps?: number;
  /** @default 30 */
  readonly maxFramerate?: number;
  /** Browsers that cannot send several layers send one. */
  readonly simulcast?: SimulcastConfiguration;
}

/** How an audio stream is sent. */
export interface StageAudioConfiguration {
  /** 12 to 128. @default 64 */
  readonly maxAudioBitrateKbps?: number;
  /** Takes effect when a publish begins. @default false */
  readonly stereo?: boolean;
}

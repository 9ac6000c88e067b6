/** How a video stream is sent. */
export interface StageVideoConfiguration {
  /** @default 2500 */
  readonly maxVideoBitrateKbps?: number;
  /** @default 30 */
  readonly maxFramerate?: number;
  /** Accepted; one layer is sent whatever it says. */
  readonly simulcast?: { readonly enabled?: boolean };
}

/** How an audio stream is sent. */
export interface StageAudioConfiguration {
  /** 12 to 128. @default 64 */
  readonly maxAudioBitrateKbps?: number;
  /** Takes effect when a publish begins. @default false */
  readonly stereo?: boolean;
}

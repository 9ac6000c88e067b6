/** Of video: the clock of its RTP too, so that nothing is rounded. */
export const VIDEO_TIMESCALE = 90_000;
/** Of audio: samples a second. */
export const AUDIO_TIMESCALE = 48_000;

/** The same in every file, whether the other one is there or not. */
export const VIDEO_TRACK_ID = 1;
export const AUDIO_TRACK_ID = 2;

/** A picture, or a frame of AAC. */
export interface Sample {
  /** Of video: what `videoSample` makes. */
  readonly data: Buffer;
  /** In ticks of the track's timescale. */
  readonly duration: number;
  /** Decoding can begin here. Every frame of AAC is one. */
  readonly keyFrame: boolean;
  /** How much later than it is decoded it is shown, in the same ticks. @default 0 */
  readonly compositionOffset?: number;
}

/** What a segment holds of a track. */
export interface Track {
  /** When the first sample is decoded, in ticks of the track's timescale since the recording began. */
  readonly baseTime: number;
  /** One after the other: each is decoded where the one before it ends, and shown then too unless it says otherwise. */
  readonly samples: readonly Sample[];
}

/** What a video stream is, as its bitstream says. */
export type VideoFacts = H264Facts | Vp8Facts;

export interface Vp8Facts {
  readonly codec: 'vp8';
  readonly width: number;
  readonly height: number;
}

export interface H264Facts {
  readonly codec: 'h264';
  /** As shown, after cropping. */
  readonly width: number;
  readonly height: number;
  /** 66 Baseline, 77 Main, 88 Extended, 100 High, 110 High 10, 122 High 4:2:2, 244 High 4:4:4. */
  readonly profileIdc: number;
  /** The constraint flags, set 0 in the highest of 8 bits: 0x40 with profile 66 is Constrained Baseline. */
  readonly constraints: number;
  /** Ten times the level: 31 is level 3.1. */
  readonly levelIdc: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormatIdc: number;
  /** Of luma or of chroma, whichever is more. */
  readonly bitDepth: number;
  /** Pictures may be fields, or hold macroblocks of fields. */
  readonly interlaced: boolean;
  /** A B slice was seen, or a picture that is shown before one that was decoded earlier. Stays true. */
  readonly bFrames: boolean;
}

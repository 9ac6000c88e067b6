import type { EventEmitter } from 'node:events';
import type { VideoConfig } from '../../hls/sample-entry.ts';
import type { OutputReport } from '../composition-options.ts';

/** A picture of H.264 in the order of showing, which is that of decoding. */
export interface EncodedPicture {
  /** Since the composition began, on the clock that sound has as well; grows by one frame's time, or by several. */
  readonly timeMs: number;
  readonly keyFrame: boolean;
  /** NAL units without start codes and without parameter sets. Shared by outputs: not to be written to. */
  readonly units: readonly Buffer[];
  /** Of a key frame: what it and those after it are decoded with. */
  readonly config: VideoConfig | undefined;
}

/** A frame of AAC-LC, 1,024 samples of 48 kHz stereo. */
export interface EncodedSound {
  /** As of pictures: when its first sample is heard. */
  readonly timeMs: number;
  readonly data: Buffer;
}

/** A key frame comes as often as this, and sooner where the encoder begins anew. */
export const KEY_FRAME_INTERVAL_SECONDS = 2;

/** The same in whole pictures, which at few a second is not just as long. */
export function framesPerKeyFrame(framesPerSecond: number): number {
  return Math.max(1, Math.round(KEY_FRAME_INTERVAL_SECONDS * framesPerSecond));
}

export interface OutputEvents {
  report: [report: OutputReport];
  /** HLS: a file is there as it is told; `path` relative to the folder; `final`: never written again. */
  file: [file: { readonly path: string; readonly final: boolean }];
  /** Of a live stream: it is not named by the playlist any more. */
  gone: [path: string];
  durationchanged: [durationMs: number];
}

/**
 * Where a composition goes. It takes everything at once and never makes anybody wait: what it cannot pass on in time it drops,
 * whole groups of pictures. It reports ACTIVE with the first key frame that went out.
 */
export interface Output extends EventEmitter<OutputEvents> {
  /** Pictures that were left out so far because the peer does not keep up; those while there was no peer are not among them. */
  readonly droppedPictures: number;
  /** Pictures and sound come each in their order, sound up to a second after the pictures of its time. */
  takePicture(picture: EncodedPicture): void;
  takeSound(sound: EncodedSound): void;
  /** Sends or writes what there is, ends properly, and lets go; reports STOPPED unless it has failed. Takes 5 s at most. */
  close(): Promise<void>;
}

/** What an output is told before anything else. */
export interface OutputStart {
  /** ISO/IEC 14496-3 §1.6.2.1 */
  readonly audioSpecificConfig: Buffer;
  /** What time 0 is, in milliseconds since 1970. */
  readonly beginWallClockMs: number;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly videoBitrateBps: number;
  readonly audioBitrateBps: number;
  /** An earlier composer sent there a moment ago: a server that has not noticed its end yet is busy by it. @default false */
  readonly resumed?: boolean;
}

import type { Pcm } from '../codec/pcm.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';

/** Samples a second: of Opus, and of RTP times of it (RFC 7587 §4.1). */
export const SOUND_RATE_HZ = 48_000;
const SAMPLES_PER_MS = SOUND_RATE_HZ / 1_000;

/** One of the streams of an encoder: its sound, its picture, or a further track of its picture. */
export type StreamName = MediaKind | `video ${number}`;

/** A picture with its time. */
export interface PlacedPicture {
  /** H.264, as RTP carries it; of use only until whoever is handed it returns. */
  readonly payloads: readonly Buffer[];
  /** Decoding can begin here: its parameter sets are with it. */
  readonly keyFrame: boolean;
  readonly mediaMs: number;
  /** Of several tracks which one, by the order in which they came. @default 0 */
  readonly track?: number;
}

/** Sound of 48 kHz with its time. */
export interface PlacedSound {
  readonly pcm: Pcm;
  /** When its first sample is heard, in samples of media time. */
  readonly position: number;
}

/** Takes what an encoder sends, each stream in the order of its time. */
export interface MediaSink {
  takePicture(picture: PlacedPicture): void;
  takeSound(sound: PlacedSound): void;
}

/** @param track by the order in which they came */
export function videoStream(track: number): StreamName {
  return track === 0 ? 'video' : `video ${track}`;
}

export function positionOf(mediaMs: number): number {
  return Math.round(mediaMs * SAMPLES_PER_MS);
}

export function timeOf(position: number): number {
  return position / SAMPLES_PER_MS;
}

/** The samples from `from` to `to`. */
export function partOf({ planes, frames }: Pcm, from: number, to = frames): Pcm {
  return { planes: planes.map((plane) => plane.subarray(from, to)), frames: to - from };
}

export function silence(channels: number, frames: number): Pcm {
  return { planes: Array.from({ length: channels }, () => new Float32Array(frames)), frames };
}

/** A sink that gets, of several tracks of the picture, the first: it knows of no others. */
export function firstTrack(sink: MediaSink): MediaSink {
  return {
    takePicture(picture) {
      if ((picture.track ?? 0) === 0) sink.takePicture(picture);
    },
    takeSound: (sound) => sink.takeSound(sound),
  };
}

import { splitByteStream } from '@proscenium/media/rtp';
import { checkPcm, encodePcm, type OutgoingOpus, type PcmSource, readOpus } from '../opus/encode-pcm.ts';
import { Pace } from './pace.ts';
import { playOut } from './play-out.ts';

/** Sound that is encoded already. */
export interface OpusSource {
  /** A {@link RemoteAudio}'s packets fit. `levelDbov`: how loud it is, from 0 (the loudest that can be) to -127. */
  readonly opus: AsyncIterable<{ readonly payload: Uint8Array; readonly levelDbov?: number }>;
}

/** Sound to be published. */
export type AudioSource = OpusSource | PcmSource;

/** A picture that is encoded already, without B frames. */
export interface H264Frame {
  /** An access unit as a byte stream (ITU-T H.264 annex B), with its parameter sets where it is a key frame. */
  readonly data: Uint8Array;
  /** When it is to be shown, in milliseconds from any beginning. Without it a picture is sent when it comes. */
  readonly timeMs?: number;
}

/** Video to be published. */
export interface VideoSource {
  /** A {@link RemoteVideo}'s frames fit, if they are H.264. */
  readonly h264: AsyncIterable<H264Frame>;
}

/** @throws {RangeError} for samples that Opus does not know */
export function checkAudio(source: AudioSource): void {
  if ('pcm' in source) checkPcm(source);
}

/** Sends an audio source's packets, each when it is due. As {@link playOut}. */
export function playAudio(
  source: AudioSource,
  send: (packet: OutgoingOpus, dueMs: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const pace = new Pace();
  const packets = 'opus' in source ? readOpus(source.opus) : encodePcm(source);
  return playOut(packets, ({ durationMs }, now) => pace.follow(durationMs, now), send, signal);
}

/** Sends a video source's pictures, each when it is due. As {@link playOut}. */
export function playVideo(
  { h264 }: VideoSource,
  send: (nalUnits: readonly Buffer[], dueMs: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const pace = new Pace();
  return playOut(
    h264,
    ({ timeMs }, now) => (timeMs === undefined ? now : pace.at(timeMs, now)),
    ({ data }, dueMs) => send(splitByteStream(Buffer.from(data.buffer, data.byteOffset, data.byteLength)), dueMs),
    signal,
  );
}

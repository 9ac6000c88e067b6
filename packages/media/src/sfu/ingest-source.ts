import type { EventEmitter } from 'node:events';
import type { EndReason } from './client-transport.ts';
import type { VideoReadings } from './published-video.ts';

/**
 * Why an encoder's streams can never be shown.
 *
 * - `INVALID_VIDEO_CODEC`, `INVALID_AUDIO_CODEC`: another codec, or a form of it, that stages do not take
 * - `INVALID_INPUT`: audio or video is missing or cannot be read, or there are too few or too many pictures a second
 * - `BITRATE_EXCEEDED`: the audio takes more than audio may
 */
export type IngestViolation = 'INVALID_VIDEO_CODEC' | 'INVALID_AUDIO_CODEC' | 'INVALID_INPUT' | 'BITRATE_EXCEEDED';

/** Of its video; layers are its tracks here, by the order in which they came. */
export interface IngestSourceEvents extends VideoReadings {
  /** It ends after that. */
  violation: [violation: IngestViolation];
  /** Every second or so: all that has come from the sender so far, whatever it is. @param atMs by the source's own clock */
  received: [bytes: number, atMs: number];
  ended: [reason: EndReason];
}

/** Most tracks of a video, which become its layers. */
export const MAXIMUM_VIDEO_TRACKS = 3;

/** One stream as it is to be sent. */
export interface RtpStreamTarget {
  readonly payloadType: number;
  readonly ssrc: number;
}

/** Where the RTP of an ingested publish goes, with its RTCP on the same port. */
export interface RtpTarget {
  /** On 127.0.0.1. */
  readonly port: number;
  /**
   * H.264, packetization mode 1: an SSRC for each track that there may be, by the order in which they come. The first is taken
   * from the beginning, others when the tracks are arranged.
   */
  readonly video: Pick<RtpStreamTarget, 'payloadType'> & { readonly ssrcs: readonly number[] };
  /** Opus, with how loud it is under this id in each packet (RFC 6464). */
  readonly audio: RtpStreamTarget & { readonly levelExtensionId: number };
}

/**
 * Has tracks taken as the layers of the video. Resolves when packets of all of them are taken, under the numbers of the target.
 *
 * @param tracks by the order in which they came; the smallest picture first
 */
export type ArrangeTracks = (tracks: readonly number[]) => Promise<void>;

/** Who sends the streams of an ingested publish: an encoder's connection, by way of a program on this machine. */
export interface IngestSource extends Pick<EventEmitter<IngestSourceEvents>, 'on' | 'once'> {
  /** UDP port on 127.0.0.1 from which it sends. */
  readonly rtpPort: number;
  readonly ended: boolean;
  /** Tells it where to send. @param arrange for a source whose video has several tracks */
  sendTo(target: RtpTarget, arrange: ArrangeTracks): void;
  /** Closing twice does nothing. @param reason what its sender is told; without it, it sees the connection end */
  close(reason?: string): void;
}

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

export interface IngestSourceEvents extends VideoReadings {
  /** It ends after that. */
  violation: [violation: IngestViolation];
  /** Every second or so: all that has come from the sender so far, whatever it is. @param atMs by the source's own clock */
  received: [bytes: number, atMs: number];
  ended: [reason: EndReason];
}

/** One stream as it is to be sent. */
export interface RtpStreamTarget {
  readonly payloadType: number;
  readonly ssrc: number;
}

/** Where the RTP of an ingested publish goes, with its RTCP on the same port. */
export interface RtpTarget {
  /** On 127.0.0.1. */
  readonly port: number;
  /** H.264, packetization mode 1. */
  readonly video: RtpStreamTarget;
  /** Opus, with how loud it is under this id in each packet (RFC 6464). */
  readonly audio: RtpStreamTarget & { readonly levelExtensionId: number };
}

/** Who sends the streams of an ingested publish: an encoder's connection, by way of a program on this machine. */
export interface IngestSource extends Pick<EventEmitter<IngestSourceEvents>, 'on' | 'once'> {
  /** UDP port on 127.0.0.1 from which it sends. */
  readonly rtpPort: number;
  readonly ended: boolean;
  /** Tells it where to send. */
  sendTo(target: RtpTarget): void;
  /** Closing twice does nothing. @param reason what its sender is told; without it, it sees the connection end */
  close(reason?: string): void;
}

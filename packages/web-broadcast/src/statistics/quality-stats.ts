import type { NetworkQuality } from './network-quality.ts';

/*
 * Names and units are those of W3C "Identifiers for WebRTC's Statistics API": bytes, packets and frames since the stream
 * began, times in seconds. What a browser does not count is 0, unless the member says otherwise.
 */

interface QualityStats {
  /** What loss and round-trip time since the call before amount to. */
  readonly networkQuality: NetworkQuality;
  /** Seconds; undefined until measured. */
  readonly roundTripTime: number | undefined;
}

interface SentStats extends QualityStats {
  readonly bytesSent: number;
  readonly headerBytesSent: number;
  readonly packetsSent: number;
  /** As the server has told last. */
  readonly packetsLost: number;
  readonly nackCount: number;
  readonly retransmittedBytesSent: number;
  readonly retransmittedPacketsSent: number;
}

/** How one layer of a local video is being sent. */
export interface LocalVideoStats extends SentStats {
  /** The layer's name; empty without simulcast. */
  readonly rid: string;
  /** Whether the layer is sent: not while nobody receives it. */
  readonly active: boolean;
  readonly firCount: number;
  readonly pliCount: number;
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly framesPerSecond: number;
  readonly framesEncoded: number;
  readonly framesSent: number;
  readonly hugeFramesSent: number;
  readonly keyFramesEncoded: number;
  /** Why less is sent than wished. */
  readonly qualityLimitationReason: string;
  /** Seconds for each reason. */
  readonly qualityLimitationDurations: Readonly<Record<string, number>>;
}

/** How a local audio stream is being sent. */
export interface LocalAudioStats extends SentStats {
  /** Bits per second at which the encoder aims. */
  readonly targetBitrate: number;
}

interface ReceivedStats extends QualityStats {
  readonly bytesReceived: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly nackCount: number;
  /** Seconds. */
  readonly jitter: number;
  /** Seconds, of all samples or frames together: divide by `jitterBufferEmittedCount`. */
  readonly jitterBufferDelay: number;
  readonly jitterBufferEmittedCount: number;
}

/** How a remote video is being received. */
export interface RemoteVideoStats extends ReceivedStats {
  readonly firCount: number;
  readonly pliCount: number;
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly framesPerSecond: number;
  readonly framesReceived: number;
  readonly framesDecoded: number;
  readonly framesDropped: number;
  readonly keyFramesDecoded: number;
  readonly freezeCount: number;
  /** Seconds. */
  readonly totalFreezesDuration: number;
  readonly pauseCount: number;
}

/** How a remote audio stream is being received. */
export interface RemoteAudioStats extends ReceivedStats {
  readonly headerBytesReceived: number;
  readonly packetsDiscarded: number;
  /** 0 to 1. */
  readonly audioLevel: number;
  readonly totalSamplesReceived: number;
  readonly concealedSamples: number;
  readonly silentConcealedSamples: number;
  readonly concealmentEvents: number;
  readonly insertedSamplesForDeceleration: number;
  readonly removedSamplesForAcceleration: number;
}

import type { CodecName } from '../webrtc/codecs.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';
import type { CompositionOptions, OutputReport } from './composition-options.ts';

/** One who publishes into the stage, in the order of arrival. */
export interface ComposedParticipant {
  readonly participantId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What is to be known of a participant's stream beside its packets. One SSRC each: the SFU chooses the layer. */
export type StreamNews =
  | {
      readonly type: 'stream';
      readonly kind: MediaKind;
      readonly codec: CodecName;
      readonly ssrc: number;
      readonly paused: boolean;
    }
  | { readonly type: 'paused'; readonly kind: MediaKind; readonly paused: boolean }
  | { readonly type: 'ended'; readonly kind: MediaKind }
  /** A sender report on the stream, or on another layer of the same sender: then it does not agree with the packets. */
  | { readonly type: 'report'; readonly kind: MediaKind; readonly wallClockMs: number; readonly rtpTime: number };

/** To the composer, which makes one composition: `open` and `close` are questions. */
export type ToComposer =
  | {
      readonly type: 'open';
      readonly options: CompositionOptions;
      /** Whether another composer had it before: its destinations may still hold it for that one's. */
      readonly goesOn: boolean;
    }
  | { readonly type: 'close' }
  /** Nobody needs it any more: it is ended properly. */
  | { readonly type: 'endDestination'; readonly destinationId: string }
  /** All who publish now; whoever is missing is gone. */
  | { readonly type: 'participants'; readonly participants: readonly ComposedParticipant[] }
  | { readonly type: 'news'; readonly participantId: string; readonly news: StreamNews };

/** The answer to `open`: the UDP port on 127.0.0.1 that takes the RTP packets of all streams. */
export type ComposerOpened = { readonly port: number };

/** In pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What a participant's video is wanted for: the larger of its tiles; undefined: it is not to be seen. */
export interface WantedVideo {
  readonly participantId: string;
  readonly size: PictureSize | undefined;
}

export interface ComposerStatistics {
  /** CPU time of the composer since the last statistics, by the time that passed. */
  readonly cores: number;
  readonly pictures: number;
  /** Of these: begun more than half a frame's time late. */
  readonly latePictures: number;
  /** Left out, because it was too late for them. */
  readonly skippedPictures: number;
  /** x264's, the slowest of all pictures. */
  readonly preset: string;
  readonly droppedByOutputs: number;
}

export type FromComposer =
  | { readonly type: 'wanted'; readonly videos: readonly WantedVideo[] }
  | { readonly type: 'keyFrameWanted'; readonly participantId: string }
  | { readonly type: 'report'; readonly destinationId: string; readonly report: OutputReport }
  | { readonly type: 'file'; readonly destinationId: string; readonly path: string; readonly final: boolean }
  | { readonly type: 'gone'; readonly destinationId: string; readonly path: string }
  | { readonly type: 'duration'; readonly destinationId: string; readonly durationMs: number }
  | { readonly type: 'statistics'; readonly statistics: ComposerStatistics };

import type { CodecName } from '../webrtc/codecs.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';
import type { RecordingFaultCode, RecordingOptions } from './recording-options.ts';

/** A stream comes, or comes from now on under other numbers. */
export interface StreamNews {
  readonly type: 'stream';
  readonly kind: MediaKind;
  readonly codec: CodecName;
  /** Of its layers, the lowest first. */
  readonly ssrcs: readonly number[];
  readonly paused: boolean;
}

/** What a publisher does to a stream, beside sending it. */
export type FeedNews =
  | StreamNews
  | { readonly type: 'paused'; readonly kind: MediaKind; readonly paused: boolean }
  | { readonly type: 'report'; readonly ssrc: number; readonly wallClockMs: number; readonly rtpTime: number };

/** To the recorder: `open` and `stop` are questions. Recordings are told apart by their ids. */
export type ToRecorder =
  | {
      readonly type: 'open';
      readonly id: number;
      readonly options: RecordingOptions;
      /** What is to be waited for, so that both begin together. */
      readonly kinds: readonly MediaKind[];
    }
  | { readonly type: 'stop'; readonly id: number }
  | { readonly type: 'news'; readonly id: number; readonly news: FeedNews };

export interface FaultReport {
  readonly code: RecordingFaultCode;
  readonly message: string;
}

/** The answer to `open`: the UDP port on 127.0.0.1 that takes the RTP packets. That to `stop` says nothing. */
export type Opened = { readonly port: number } | { readonly fault: FaultReport };

export type RecorderNews =
  | { readonly type: 'keyFrameWanted' }
  | { readonly type: 'file'; readonly path: string; readonly final: boolean }
  | { readonly type: 'duration'; readonly durationMs: number }
  | { readonly type: 'failed'; readonly fault: FaultReport };

export interface FromRecorder {
  readonly id: number;
  readonly news: RecorderNews;
}

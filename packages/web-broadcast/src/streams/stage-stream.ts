import { Emitter, type EventMap } from '../emitter.ts';
import type {
  LocalAudioStats,
  LocalVideoStats,
  RemoteAudioStats,
  RemoteVideoStats,
} from '../statistics/quality-stats.ts';
import type { StageStreamLayer, StageStreamLayerSelectedReason } from './stage-stream-layer.ts';

/** The two kinds of streams, named as tracks name them. */
export const StreamType = { AUDIO: 'audio', VIDEO: 'video' } as const;
export type StreamType = (typeof StreamType)[keyof typeof StreamType];

/** What listeners of each `LocalStageStreamEvents` get. */
export interface LocalStageStreamEventMap {
  MUTE_CHANGED: [isMuted: boolean];
}

/** What listeners of each `RemoteStageStreamEvents` get. */
export interface RemoteStageStreamEventMap {
  ADAPTION_CHANGED: [isAdapting: boolean];
  LAYERS_CHANGED: [layers: StageStreamLayer[]];
  LAYER_SELECTED: [layer: StageStreamLayer, reason: StageStreamLayerSelectedReason];
}

/** What there is to listen to at a stream of which it is not known whether it is local. */
interface StageStreamEventMap extends LocalStageStreamEventMap, RemoteStageStreamEventMap {}

/** An audio or video track of a participant. */
export abstract class StageStream<Events extends EventMap<Events> = StageStreamEventMap> extends Emitter<Events> {
  /** What an element plays. */
  readonly mediaStreamTrack: MediaStreamTrack;
  readonly streamType: StreamType;

  /** @throws {TypeError} without a track */
  constructor(track: MediaStreamTrack) {
    super();
    if (!track) throw new TypeError('A stream needs a MediaStreamTrack');
    this.mediaStreamTrack = track;
    this.streamType = track.kind === 'audio' ? StreamType.AUDIO : StreamType.VIDEO;
  }

  /** Id of the track. */
  get id(): string {
    return this.mediaStreamTrack.id;
  }

  /** Whether nothing is sent of it. */
  abstract get isMuted(): boolean;

  /**
   * How well the stream gets through, in the words of W3C WebRTC statistics: one entry, for a local video one for each layer.
   * Empty while the stream is not sent or received.
   */
  abstract requestQualityStats(): Promise<
    LocalVideoStats[] | LocalAudioStats[] | RemoteVideoStats[] | RemoteAudioStats[]
  >;

  /** What WebRTC counts about this stream: an empty report while it is not sent or received. */
  abstract requestRTCStats(): Promise<RTCStatsReport>;

  /** @deprecated Use `requestRTCStats()`. */
  getStats(): Promise<RTCStatsReport> {
    return this.requestRTCStats();
  }

  /** Forgets all listeners. Streams and tracks go on. */
  cleanup(): void {
    this.removeAllListeners();
  }
}

/** What there is to tell of a stream that is not sent or received. */
export function emptyReport(): RTCStatsReport {
  return new Map();
}

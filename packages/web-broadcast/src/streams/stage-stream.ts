import { Emitter } from '../emitter.ts';
import type { StageStreamLayer, StageStreamLayerSelectedReason } from './stage-stream-layer.ts';

export const StreamType = { AUDIO: 'audio', VIDEO: 'video' } as const;
export type StreamType = (typeof StreamType)[keyof typeof StreamType];

interface StageStreamEventMap {
  /** Of local streams, between the parts of this package. */
  muteChanged: [isMuted: boolean];
  /** Of remote streams: `RemoteStageStreamEvents`. */
  ADAPTION_CHANGED: [isAdapting: boolean];
  LAYERS_CHANGED: [layers: StageStreamLayer[]];
  LAYER_SELECTED: [layer: StageStreamLayer, reason: StageStreamLayerSelectedReason];
}

/** An audio or video track of a participant. */
export abstract class StageStream extends Emitter<StageStreamEventMap> {
  readonly mediaStreamTrack: MediaStreamTrack;
  readonly streamType: StreamType;

  constructor(track: MediaStreamTrack) {
    super();
    this.mediaStreamTrack = track;
    this.streamType = track.kind === 'audio' ? StreamType.AUDIO : StreamType.VIDEO;
  }

  /** Id of the track. */
  get id(): string {
    return this.mediaStreamTrack.id;
  }

  abstract get isMuted(): boolean;

  /** What WebRTC counts about this stream: an empty report while it is not sent or received. */
  abstract requestRTCStats(): Promise<RTCStatsReport>;

  /** @deprecated Use `requestRTCStats()`. */
  getStats(): Promise<RTCStatsReport> {
    return this.requestRTCStats();
  }
}

/** What there is to tell of a stream that is not sent or received. */
export function emptyReport(): RTCStatsReport {
  return new Map();
}

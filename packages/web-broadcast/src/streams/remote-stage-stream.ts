import type { LayerState, ParticipantLayers } from '../connection/messages.ts';
import type { StageParticipantInfo } from '../stage/stage-participant.ts';
import type { RemoteAudioStats, RemoteVideoStats } from '../statistics/quality-stats.ts';
import { QualityWindows } from '../statistics/quality-windows.ts';
import { remoteAudioStats, remoteVideoStats } from '../statistics/remote-quality-stats.ts';
import { setMinimumDelay } from '../subscribe/jitter-buffer.ts';
import { emptyReport, type RemoteStageStreamEventMap, StageStream, StreamType } from './stage-stream.ts';
import { type StageStreamLayer, StageStreamLayerSelectedReason } from './stage-stream-layer.ts';

/** What a remote video tells by itself; the stage tells the same. */
export const RemoteStageStreamEvents = {
  /** The server chooses the layer (true), or the strategy's one is received (false). */
  ADAPTION_CHANGED: 'ADAPTION_CHANGED',
  /** Other layers, other properties of a layer, or another one is selected. */
  LAYERS_CHANGED: 'LAYERS_CHANGED',
  /** Another layer is received. */
  LAYER_SELECTED: 'LAYER_SELECTED',
} as const;
export type RemoteStageStreamEvents = (typeof RemoteStageStreamEvents)[keyof typeof RemoteStageStreamEvents];

/** What has changed of a stream's layers. */
export interface LayerChanges {
  readonly layers: StageStreamLayer[] | undefined;
  readonly selected: { readonly layer: StageStreamLayer; readonly reason: StageStreamLayerSelectedReason } | undefined;
  readonly isAdapting: boolean | undefined;
}

/**
 * A track that a remote participant publishes and this client subscribes to. One that was removed keeps what was known of it,
 * and tells nothing any more.
 */
export class RemoteStageStream extends StageStream<RemoteStageStreamEventMap> {
  /** Whose it is. */
  readonly participantInfo: StageParticipantInfo;
  readonly #onHeldBack: () => void;
  readonly #windows = new QualityWindows();
  #receiver: RTCRtpReceiver | undefined;
  #stopReading: (() => void) | undefined;
  #layers: readonly LayerState[] = [];
  #selected: string | undefined;
  #isAdapting = true;

  /** @param onHeldBack called when the stream is wanted no more just now, or again */
  constructor(receiver: RTCRtpReceiver, participant: StageParticipantInfo, onHeldBack: () => void = () => undefined) {
    super(receiver.track);
    this.participantInfo = participant;
    this.#receiver = receiver;
    this.#onHeldBack = onHeldBack;
  }

  /** As its publisher says. */
  get isMuted(): boolean {
    const { audioMuted, videoStopped } = this.participantInfo;
    return this.streamType === StreamType.AUDIO ? audioMuted : videoStopped;
  }

  /** True while the server chooses the layer that is received. */
  get isAdapting(): boolean {
    return this.#isAdapting;
  }

  /**
   * Silences or blanks the track here, and asks the server to hold it back: it costs no bandwidth. Nobody else is told, and
   * `isMuted` stays what the publisher says.
   */
  setMuted(muted: boolean): void {
    if (this.mediaStreamTrack.enabled === !muted) return;
    this.mediaStreamTrack.enabled = !muted;
    this.#onHeldBack();
  }

  /** The layers that the publisher sends, the lowest first; none for audio and for a video of one layer. */
  getLayers(): StageStreamLayer[] {
    return this.#layers.map((layer) => ({ ...layer, selected: layer.label === this.#selected }));
  }

  /** The layer that is received; none for audio, for a video of one layer, and while nothing is sent here. */
  getSelectedLayer(): StageStreamLayer | undefined {
    return this.getLayers().find(({ selected }) => selected);
  }

  /** The smallest layer, if there are several. */
  getLowestQualityLayer(): StageStreamLayer | undefined {
    return this.getLayers()[0];
  }

  /** The largest layer, if there are several. */
  getHighestQualityLayer(): StageStreamLayer | undefined {
    return this.getLayers().at(-1);
  }

  async requestQualityStats(): Promise<RemoteVideoStats[] | RemoteAudioStats[]> {
    if (!this.#receiver) return [];
    const report = await this.#receiver.getStats();
    const expectation = this.isMuted || this.heldBack ? 'held back' : 'expected';
    return this.streamType === StreamType.VIDEO
      ? remoteVideoStats(report, this.#windows, expectation)
      : remoteAudioStats(report, this.#windows, expectation);
  }

  async requestRTCStats(): Promise<RTCStatsReport> {
    return this.#receiver ? await this.#receiver.getStats() : emptyReport();
  }

  /** @internal Silenced here: told by the application. */
  get heldBack(): boolean {
    return !this.mediaStreamTrack.enabled;
  }

  /** @internal @param delayMs undefined: as little as the network allows */
  delayBy(delayMs: number | undefined): void {
    if (this.#receiver) setMinimumDelay(this.#receiver, delayMs);
  }

  /** @internal Undefined once the stream was removed. */
  get receiver(): RTCRtpReceiver | undefined {
    return this.#receiver;
  }

  /** @internal @param read begins to read the messages of the receiver, and returns what ends that; undefined: none are read */
  readMessages(read: ((receiver: RTCRtpReceiver) => () => void) | undefined): void {
    if (!read) {
      this.#stopReading?.();
      this.#stopReading = undefined;
    } else if (this.#receiver) {
      this.#stopReading ??= read(this.#receiver);
    }
  }

  /** @internal Told by the server. @returns what it has told of it, for the stage to tell as well */
  setLayers({ layers, selected, reason, isAdapting }: ParticipantLayers): LayerChanges {
    const listChanged = selected !== this.#selected || JSON.stringify(layers) !== JSON.stringify(this.#layers);
    const selectedChanged = selected !== this.#selected;
    const adaptionChanged = isAdapting !== this.#isAdapting;
    this.#layers = layers;
    this.#selected = selected;
    this.#isAdapting = isAdapting;
    const layer = selectedChanged ? this.getSelectedLayer() : undefined;
    const changes: LayerChanges = {
      layers: listChanged ? this.getLayers() : undefined,
      selected: layer && { layer, reason: readReason(reason) },
      isAdapting: adaptionChanged ? isAdapting : undefined,
    };
    if (changes.layers) this.emit('LAYERS_CHANGED', changes.layers);
    if (changes.selected) this.emit('LAYER_SELECTED', changes.selected.layer, changes.selected.reason);
    if (changes.isAdapting !== undefined) this.emit('ADAPTION_CHANGED', changes.isAdapting);
    return changes;
  }

  /** @internal Told by the subscriber when the stream is removed. */
  ended(): void {
    this.readMessages(undefined);
    this.#receiver = undefined;
  }
}

function readReason(reason: string | undefined): StageStreamLayerSelectedReason {
  const { BANDWIDTH, PREFERENCE, UNAVAILABLE } = StageStreamLayerSelectedReason;
  return [PREFERENCE, UNAVAILABLE].find((known) => known === reason) ?? BANDWIDTH;
}

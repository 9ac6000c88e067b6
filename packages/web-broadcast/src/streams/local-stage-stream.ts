import { localAudioStats, localVideoStats } from '../statistics/local-quality-stats.ts';
import type { LocalAudioStats, LocalVideoStats } from '../statistics/quality-stats.ts';
import { QualityWindows } from '../statistics/quality-windows.ts';
import { validateLayers } from './simulcast-layers.ts';
import { emptyReport, type LocalStageStreamEventMap, StageStream, StreamType } from './stage-stream.ts';
import { validateAudioBounds, validateVideoBounds } from './stream-bounds.ts';
import type {
  StageAudioConfiguration,
  StageStreamConfiguration,
  StageVideoConfiguration,
} from './stream-configuration.ts';

/** What a local stream tells by itself. */
export const LocalStageStreamEvents = {
  /** Whether it is muted now. */
  MUTE_CHANGED: 'MUTE_CHANGED',
} as const;
export type LocalStageStreamEvents = (typeof LocalStageStreamEvents)[keyof typeof LocalStageStreamEvents];

/** Where a stream is being sent. */
export interface StatsSource {
  getStats(): Promise<RTCStatsReport>;
}

/**
 * A track of the application's own, to be published. The track stays the application's: it stops it. A track that ends by
 * itself, because its device is gone, mutes the stream for good.
 */
export class LocalStageStream extends StageStream<LocalStageStreamEventMap> {
  /** How it is sent, as given. Another configuration needs another stream. */
  readonly mediaConfig: StageStreamConfiguration;
  #isMuted: boolean;
  /** Told of each change, whatever listeners the application removes. */
  readonly #muteListeners = new Set<() => void>();
  /** Where it is sent now, and how well: one sender for each stage that it is published to. */
  readonly #senders = new Map<StatsSource, QualityWindows>();
  readonly #trackEnded = (): void => this.setMuted(true);

  /** @throws {RangeError} when the configuration is outside the bounds, or the simulcast layers of a video do not fit it */
  constructor(track: MediaStreamTrack, config: StageVideoConfiguration | StageAudioConfiguration = {}) {
    super(track);
    this.mediaConfig = { ...config };
    if (this.streamType === StreamType.AUDIO) {
      validateAudioBounds(this.mediaConfig);
    } else {
      validateVideoBounds(this.mediaConfig);
      validateLayers(this.mediaConfig, track.getSettings());
    }
    this.#isMuted = this.#hasEnded;
    track.addEventListener('ended', this.#trackEnded);
  }

  /** As `setMuted()` said, or because its track has ended. */
  get isMuted(): boolean {
    return this.#isMuted;
  }

  /**
   * Stops or resumes sending without unpublishing. Others are told; a camera's light stays on. A stream whose track has
   * ended stays muted: give the strategy another stream.
   */
  setMuted(muted: boolean): void {
    if (muted === this.#isMuted || (!muted && this.#hasEnded)) return;
    this.#isMuted = muted;
    for (const listener of [...this.#muteListeners]) listener();
    this.emit('MUTE_CHANGED', muted);
  }

  async requestQualityStats(): Promise<LocalVideoStats[] | LocalAudioStats[]> {
    const [sender, windows] = this.#sending ?? [];
    if (!sender || !windows) return [];
    const report = await sender.getStats();
    return this.streamType === StreamType.VIDEO ? localVideoStats(report, windows) : localAudioStats(report, windows);
  }

  async requestRTCStats(): Promise<RTCStatsReport> {
    const [sender] = this.#sending ?? [];
    return sender ? await sender.getStats() : emptyReport();
  }

  /** Forgets all listeners, and lets go of its track while it is not published. Streams and tracks go on. */
  override cleanup(): void {
    super.cleanup();
    if (this.#muteListeners.size === 0) this.mediaStreamTrack.removeEventListener('ended', this.#trackEnded);
  }

  /** @internal @returns ends it */
  onMuteChanged(listener: () => void): () => void {
    this.mediaStreamTrack.addEventListener('ended', this.#trackEnded);
    this.#muteListeners.add(listener);
    return () => this.#muteListeners.delete(listener);
  }

  /** @internal Told by the publisher. */
  sentBy(sender: StatsSource): void {
    this.#senders.set(sender, new QualityWindows());
  }

  /** @internal Told by the publisher. */
  noLongerSentBy(sender: StatsSource): void {
    this.#senders.delete(sender);
  }

  /** The stage that took it last speaks for it. */
  get #sending(): [StatsSource, QualityWindows] | undefined {
    return [...this.#senders].at(-1);
  }

  get #hasEnded(): boolean {
    return this.mediaStreamTrack.readyState === 'ended';
  }
}

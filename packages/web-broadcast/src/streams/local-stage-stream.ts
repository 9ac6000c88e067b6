import { validateLayers } from './simulcast-layers.ts';
import { emptyReport, StageStream, StreamType } from './stage-stream.ts';
import type { StageAudioConfiguration, StageVideoConfiguration } from './stream-configuration.ts';

/** Where a stream is being sent. */
export interface StatsSource {
  getStats(): Promise<RTCStatsReport>;
}

/** A track of the application's own, to be published. The track stays the application's: it stops it. */
export class LocalStageStream extends StageStream {
  readonly mediaConfig: StageVideoConfiguration & StageAudioConfiguration;
  #isMuted = false;
  /** Where it is sent now: one sender for each stage that it is published to. */
  readonly #senders = new Set<StatsSource>();

  /** @throws {RangeError} when the simulcast layers of a video do not fit it */
  constructor(track: MediaStreamTrack, config: StageVideoConfiguration | StageAudioConfiguration = {}) {
    super(track);
    if (this.streamType === StreamType.VIDEO) validateLayers(config as StageVideoConfiguration, track.getSettings());
    this.mediaConfig = { ...config };
  }

  get isMuted(): boolean {
    return this.#isMuted;
  }

  /** Stops or resumes sending without unpublishing. Others are told; a camera's light stays on. */
  setMuted(muted: boolean): void {
    if (muted === this.#isMuted) return;
    this.#isMuted = muted;
    this.emit('muteChanged', muted);
  }

  async requestRTCStats(): Promise<RTCStatsReport> {
    // The stage that took it last speaks for it.
    const sender = [...this.#senders].at(-1);
    return sender ? await sender.getStats() : emptyReport();
  }

  /** Forgets all listeners. The track is left as it is. */
  cleanup(): void {
    this.removeAllListeners();
    this.#senders.clear();
  }

  /** @internal Told by the publisher. */
  sentBy(sender: StatsSource): void {
    this.#senders.add(sender);
  }

  /** @internal Told by the publisher. */
  noLongerSentBy(sender: StatsSource): void {
    this.#senders.delete(sender);
  }
}

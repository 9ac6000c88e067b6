import { systemClock } from '../clock.ts';
import type { MessageCarrier } from '../in-band/frame-transforms.ts';
import { MESSAGE_UUID } from '../in-band/in-band-message.ts';
import { MessageBudget, readPayload, requireRepeatCount } from '../in-band/message-limits.ts';
import { StageError, StageErrorCategory, StageErrorCode } from '../stage/stage-error.ts';
import { localAudioStats, localVideoStats } from '../statistics/local-quality-stats.ts';
import type { LocalAudioStats, LocalVideoStats } from '../statistics/quality-stats.ts';
import { QualityWindows } from '../statistics/quality-windows.ts';
import type { SeiMessageOptions } from './in-band-messaging.ts';
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

interface Sending {
  readonly windows: QualityWindows;
  readonly carrier: MessageCarrier | undefined;
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
  /** Where it is sent now: one sender for each stage that it is published to. */
  readonly #senders = new Map<StatsSource, Sending>();
  readonly #messageBudget = new MessageBudget(systemClock);
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

  /**
   * Sends a message inside the video, with its next picture in every layer: whoever sees the picture gets it. Pictures get
   * lost, and messages with them.
   *
   * @param payload 1 to 1023 bytes; at most 10,240 bytes in a second
   * @throws {TypeError} when the payload is no buffer
   * @throws {RangeError} outside these limits
   * @throws {StageError} `FAILED` when nothing carries it: the stream is no video with `inBandMessaging` enabled, not
   * published just now, or muted, or the browser cannot; `CODEC_MISMATCH` when it is not sent in H.264
   */
  insertSeiMessage(payload: ArrayBuffer | ArrayBufferView, { repeatCount = 0 }: SeiMessageOptions = {}): void {
    const bytes = readPayload(payload);
    requireRepeatCount(repeatCount);
    if (!this.carriesMessages) throw unsent('inBandMessaging is not enabled for this stream');
    if (this.#isMuted) throw unsent('the stream is muted');
    this.#messageBudget.require(bytes.length);
    const carriers = [...this.#senders.values()].flatMap(({ carrier }) => carrier ?? []);
    const able = carriers.filter((carrier) => !carrier.refusal());
    if (able.length === 0) throw carriers[0]?.refusal() ?? unsent('the stream is not published');
    for (const carrier of able) carrier.carry({ uuid: MESSAGE_UUID, payload: bytes }, 1 + repeatCount);
    this.#messageBudget.spend(bytes.length);
  }

  async requestQualityStats(): Promise<LocalVideoStats[] | LocalAudioStats[]> {
    const [sender, { windows } = {}] = this.#sending ?? [];
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

  /** @internal Whether messages may be sent inside of it. */
  get carriesMessages(): boolean {
    return this.streamType === StreamType.VIDEO && this.mediaConfig.inBandMessaging?.enabled === true;
  }

  /** @internal Told by the publisher. @param carrier of the stream's messages, if it wants one */
  sentBy(sender: StatsSource, carrier?: MessageCarrier): void {
    this.#senders.set(sender, { windows: new QualityWindows(), carrier });
  }

  /** @internal Told by the publisher. */
  noLongerSentBy(sender: StatsSource): void {
    this.#senders.delete(sender);
  }

  /** The stage that took it last speaks for it. */
  get #sending(): [StatsSource, Sending] | undefined {
    return [...this.#senders].at(-1);
  }

  get #hasEnded(): boolean {
    return this.mediaStreamTrack.readyState === 'ended';
  }
}

function unsent(detail: string): StageError {
  return new StageError(StageErrorCode.FAILED, StageErrorCategory.PUBLISH_ERROR, detail);
}

import { MalformedMedia } from '../rtp/malformed-media.ts';
import type { RtpPacket } from '../rtp/packet.ts';
import type { SenderReport } from '../rtp/rtcp.ts';
import type { SenderClock } from '../rtp/sender-clock.ts';
import { ParameterSets } from './parameter-sets.ts';
import type { Thumbnails } from './thumbnails.ts';
import type { TimedPicture } from './timeline.ts';
import { type ReceivedPicture, VideoInput } from './video-input.ts';
import { VideoTranscoding } from './video-transcoding.ts';

export interface VideoSourceOptions {
  readonly sender: SenderClock;
  readonly thumbnails: Thumbnails | undefined;
  /** Undefined where pictures are received for thumbnails alone. */
  readonly onPicture: ((picture: TimedPicture) => void) | undefined;
  /** May be called often. */
  requestKeyFrame(): void;
  onFailed(error: unknown): void;
}

/** A publisher's video as pictures of H.264, whatever it is sent as and under which numbers. */
export class VideoSource {
  readonly #options: VideoSourceOptions;
  readonly #sets = new ParameterSets();
  #codec: 'h264' | 'vp8' = 'h264';
  #input: VideoInput | undefined;
  #transcoding: VideoTranscoding | undefined;
  #paused = false;

  constructor(options: VideoSourceOptions) {
    this.#options = options;
  }

  get receives(): boolean {
    return this.#input !== undefined;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** -Infinity before the first one; undefined while there is no stream. */
  get lastPacketMs(): number | undefined {
    return this.#input?.lastPacketMs;
  }

  /** Takes the stream of these SSRCs, the lowest layer first, in place of the one before. */
  receive(codec: 'h264' | 'vp8', ssrcs: readonly number[], nowMs: number): void {
    const { sender, onPicture, requestKeyFrame, onFailed } = this.#options;
    this.#input?.flush(nowMs);
    this.#codec = codec;
    this.#input = new VideoInput({
      codec,
      ssrcs,
      sender,
      onPicture: (picture) => this.#take(picture),
      requestKeyFrame,
    });
    if (codec !== 'vp8' || !onPicture) return;
    this.#transcoding ??= new VideoTranscoding({
      onPicture: (picture) => this.#tell(picture),
      requestKeyFrame,
      onFailed,
    });
  }

  push(packet: RtpPacket, arrivalMs: number): void {
    this.#input?.push(packet, arrivalMs);
  }

  /** Learns from a packet that is pushed later. */
  foresee(packet: RtpPacket, arrivalMs: number): void {
    this.#input?.foresee(packet, arrivalMs);
  }

  /** @returns whether the report is on this video */
  report(ssrc: number, report: Pick<SenderReport, 'wallClockMs' | 'rtpTime'>, arrivalMs: number): boolean {
    if (!this.#input?.has(ssrc)) return false;
    this.#input.report(ssrc, report, arrivalMs);
    return true;
  }

  /** To be called now and then. */
  expire(nowMs: number): void {
    this.#input?.expire(nowMs);
  }

  /** What comes while it is paused was sent before; after it, there is a key frame first. */
  pause(paused: boolean, nowMs: number): void {
    this.#input?.flush(nowMs);
    this.#paused = paused;
  }

  /** What has come is told before. */
  async close(nowMs: number): Promise<void> {
    this.#input?.flush(nowMs);
    await this.#transcoding?.close();
  }

  #take(picture: ReceivedPicture): void {
    const { thumbnails, onPicture, requestKeyFrame } = this.#options;
    if (picture.keyFrame && this.#codec === 'h264' && !this.#takeSets(picture)) {
      requestKeyFrame();
      return;
    }
    thumbnails?.offer(this.#codec, picture.keyFrame ? this.#withSets(picture.units) : undefined, picture.timeMs);
    if (!onPicture) return;
    if (this.#codec === 'vp8') this.#transcoding?.push(picture);
    else this.#tell(picture);
  }

  #tell(picture: ReceivedPicture): void {
    const { timeMs, keyFrame, units } = picture;
    if (this.#paused) return;
    if (keyFrame && this.#codec === 'vp8') this.#takeSets(picture);
    this.#options.onPicture?.({ timeMs, units, config: keyFrame ? this.#sets.config : undefined });
  }

  /** @returns whether the key frame can be decoded */
  #takeSets({ units }: ReceivedPicture): boolean {
    try {
      this.#sets.take(units);
      return this.#sets.config !== undefined;
    } catch (error) {
      if (!(error instanceof MalformedMedia)) throw error;
      return false;
    }
  }

  #withSets(units: readonly Buffer[]): readonly Buffer[] {
    const { config } = this.#sets;
    if (this.#codec !== 'h264' || !config) return units;
    return [...config.sequenceParameterSets, ...config.pictureParameterSets, ...units];
  }
}

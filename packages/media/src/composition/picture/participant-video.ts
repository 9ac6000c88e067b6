import type { DecodedPicture } from '../../codec/decoded-picture.ts';
import { isDrawable } from '../../codec/picture-decoder.ts';
import { announcedSizes, type PictureSize, type VideoCodec } from '../../codec/picture-size.ts';
import { StreamClock } from '../../recording/stream-clock.ts';
import type { AccessUnit } from '../../rtp/access-unit.ts';
import { MalformedMedia } from '../../rtp/malformed-media.ts';
import type { RtpPacket } from '../../rtp/packet.ts';
import type { SenderReport } from '../../rtp/rtcp.ts';
import type { SenderClock } from '../../rtp/sender-clock.ts';
import { StreamReceiver } from '../../rtp/stream-receiver.ts';
import { DuePictures } from './due-pictures.ts';
import { VideoDecoding } from './video-decoding.ts';

export interface ParticipantVideoOptions {
  readonly sender: SenderClock;
  /** May be called often. */
  requestKeyFrame(): void;
  /** A picture could be shown so many milliseconds after it was captured. */
  onReady(latenessMs: number): void;
  /** {@link ParticipantVideo.hasVideo} or {@link ParticipantVideo.aspectRatio} is another one. */
  onFacts(): void;
}

/** The stream that is received. */
interface Stream {
  readonly ssrc: number;
  readonly receiver: StreamReceiver;
  readonly clock: StreamClock;
  readonly decoding: VideoDecoding;
}

const CLOCK_RATE = 90_000;
/** How long a missing packet is waited for: it is sent once more, and longer than that nobody waits for the picture. */
const REORDER_WAIT_MS = 300;
/** Half a second of the highest bitrate that a stage takes. */
const REORDER_PACKETS = 1_024;
/** So long the last picture stands still when no other comes. */
const FREEZE_MS = 5_000;
/** Nothing is shown so late. */
const LONGEST_DELAY_MS = 1_000;

/** One participant's video, decoded as it comes and shown when it is due. */
export class ParticipantVideo {
  readonly #options: ParticipantVideoOptions;
  readonly #pictures = new DuePictures();
  #stream: Stream | undefined;
  /** Of streams before, until they are closed. */
  #closing: Promise<unknown> = Promise.resolve();
  #paused = false;
  #decoded = true;
  #size: PictureSize | undefined;
  /** When what was decoded last had come. */
  #lastMs = -Infinity;
  #told = { hasVideo: false, aspectRatio: undefined as number | undefined };

  constructor(options: ParticipantVideoOptions) {
    this.#options = options;
  }

  /** Whether there is something to be seen, or soon will be. */
  get hasVideo(): boolean {
    return this.#stream !== undefined && !this.#paused && this.#drawable;
  }

  /** Width by height, as far as they are known. */
  get aspectRatio(): number | undefined {
    return this.#size && this.#size.width / this.#size.height;
  }

  /** Whether anybody looks: what is hidden is not decoded. @default true */
  get decoded(): boolean {
    return this.#decoded;
  }

  set decoded(decoded: boolean) {
    if (decoded === this.#decoded) return;
    this.#decoded = decoded;
    this.#interrupt();
    this.#pictures.clear();
    if (decoded && this.#stream) this.#options.requestKeyFrame();
  }

  /** Takes a stream in place of the one before. What was shown stays until the first picture of it. */
  receive(codec: VideoCodec, ssrc: number, nowMs: number): void {
    const decoding = this.#stream?.decoding;
    if (decoding) this.#closing = Promise.all([this.#closing, decoding.close()]);
    this.#lastMs = nowMs;
    if (!this.#drawable) this.#size = undefined;
    this.#stream = {
      ssrc,
      receiver: new StreamReceiver(codec, {
        maximumPackets: REORDER_PACKETS,
        maximumWaitMs: REORDER_WAIT_MS,
        onMalformed: () => undefined, // it counts as lost
      }),
      clock: new StreamClock(CLOCK_RATE, this.#options.sender),
      decoding: new VideoDecoding({
        codec,
        onPicture: (timeMs, picture) => this.#add(timeMs, picture),
        onBroken: () => this.#options.requestKeyFrame(),
        hasRoom: () => this.#pictures.hasRoom,
      }),
    };
    this.#tellFacts();
  }

  push(packet: RtpPacket, arrivalMs: number): void {
    if (packet.ssrc !== this.#stream?.ssrc) return;
    this.#takeAll(this.#stream, this.#stream.receiver.push(packet, arrivalMs));
  }

  report(report: Pick<SenderReport, 'wallClockMs' | 'rtpTime'>, arrivalMs: number): void {
    this.#stream?.clock.report(report, arrivalMs);
  }

  /** While it is paused, there is no picture; after it, there is a key frame first. */
  pause(paused: boolean, nowMs: number): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#interrupt();
    this.#pictures.clear();
    this.#lastMs = nowMs;
    if (!paused && this.#stream && this.#decoded) this.#options.requestKeyFrame();
    this.#tellFacts();
  }

  /** There is no stream any more. */
  end(nowMs: number): void {
    this.#interrupt();
    const decoding = this.#stream?.decoding;
    if (decoding) this.#closing = Promise.all([this.#closing, decoding.close()]);
    this.#stream = undefined;
    this.#lastMs = nowMs;
    this.#size = undefined;
    this.#pictures.clear();
    this.#tellFacts();
  }

  /** To be called now and then. */
  expire(nowMs: number): void {
    const stream = this.#stream;
    if (stream) this.#takeAll(stream, stream.receiver.expire(nowMs));
    if (nowMs - this.#lastMs > FREEZE_MS) this.#pictures.clear();
    // Nobody may have asked for pictures.
    else this.#pictures.at(nowMs - LONGEST_DELAY_MS);
    stream?.decoding.proceed();
  }

  /**
   * The newest picture that is due. Whoever works with it beyond the present call holds it.
   *
   * @param timeMs of its content; never less than before, other than by a little
   */
  pictureAt(timeMs: number): DecodedPicture | undefined {
    const picture = this.#pictures.at(timeMs);
    this.#stream?.decoding.proceed();
    return picture;
  }

  async close(): Promise<void> {
    this.end(performance.now());
    await this.#closing;
    this.#pictures.clear();
  }

  get #drawable(): boolean {
    return this.#size === undefined || isDrawable(this.#size);
  }

  #takeAll(stream: Stream, units: readonly AccessUnit[]): void {
    for (const unit of units) this.#take(stream, unit);
  }

  #take({ clock, decoding }: Stream, unit: AccessUnit): void {
    const timeMs = clock.timeMs(unit.rtpTime, unit.firstArrivalMs);
    if (this.#paused) return;
    const usable = unit.complete && this.#noteSize(decoding.codec, unit);
    if (!this.#decoded || !this.hasVideo) return;
    if (!usable || (unit.afterLoss && !unit.keyFrame)) decoding.lose();
    else decoding.push({ timeMs, keyFrame: unit.keyFrame, units: unit.units });
  }

  /** @returns whether the unit may be decoded */
  #noteSize(codec: VideoCodec, { units }: AccessUnit): boolean {
    try {
      const sizes = announcedSizes(codec, units);
      const size = sizes[0];
      if (size === undefined) return true;
      this.#size = sizes.find((each) => !isDrawable(each)) ?? size;
    } catch (error) {
      if (!(error instanceof MalformedMedia)) throw error;
      return false;
    }
    if (!this.hasVideo) {
      this.#interrupt();
      this.#pictures.clear();
    }
    this.#tellFacts();
    return this.hasVideo;
  }

  #add(timeMs: number, picture: DecodedPicture): void {
    const nowMs = performance.now();
    this.#lastMs = nowMs;
    this.#pictures.push(timeMs, picture);
    this.#options.onReady(nowMs - timeMs);
  }

  /** What comes next does not follow what came before. */
  #interrupt(): void {
    this.#stream?.receiver.flush();
    this.#stream?.decoding.flush();
  }

  #tellFacts(): void {
    const { hasVideo, aspectRatio } = this;
    if (hasVideo === this.#told.hasVideo && aspectRatio === this.#told.aspectRatio) return;
    this.#told = { hasVideo, aspectRatio };
    this.#options.onFacts();
  }
}

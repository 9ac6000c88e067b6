import type { Socket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import { CodecFailure } from '../codec/codec-failure.ts';
import type { AacFrame, AudioTag, AvcPicture, VideoTag } from '../rtmp/index.ts';
import { FrameRateMeter, type H264Facts, packetizeH264, readFeedback, writeHeaderExtensions } from '../rtp/index.ts';
import type { IngestViolation, RtpTarget } from '../sfu/ingest-source.ts';
import { readAacFormat } from './aac-format.ts';
import { AudioTranscoder } from './audio-transcoder.ts';
import { MediaTimeline } from './media-timeline.ts';
import { MediaWatch } from './media-watch.ts';
import { PacedSender } from './paced-sender.ts';
import { PlayoutClock } from './playout-clock.ts';
import { RateWatch } from './rate-watch.ts';
import { RtpStream } from './rtp-stream.ts';
import { VideoPassthrough } from './video-passthrough.ts';

export interface IngestStreamEvents {
  facts: [facts: H264Facts];
  /** Nothing that comes after it is sent. @param description for people */
  violation: [violation: IngestViolation, description: string];
  /** More waits than should: nothing more is to be brought until `room`. */
  full: [];
  room: [];
}

const VIDEO_CLOCK_RATE = 90_000;
const AUDIO_CLOCK_RATE = 48_000;
/** Leaves room for what the SFU and encryption add. */
const MAXIMUM_PAYLOAD_BYTES = 1_180;
const TICK_MS = 1_000;
/** Between two pictures, where the encoder's clock stands still or was set back a little. */
const MINIMUM_STEP_MS = 1;
/** Between two ticks. Encoders tell of one or two forms of their video in all: one that makes up others floods nobody. */
const MAXIMUM_FACTS = 10;
/** Of several tracks of one kind (Enhanced RTMP), the first is shown. */
const TRACK = 0;

/** What an encoder sends, made into RTP: H.264 as it is, AAC as Opus. */
export class IngestStream extends EventEmitter<IngestStreamEvents> {
  readonly #target: RtpTarget;
  readonly #socket: Socket;
  readonly #timeline = new MediaTimeline();
  readonly #clock = new PlayoutClock();
  readonly #watch = new MediaWatch(performance.now());
  readonly #frameRate = new FrameRateMeter(VIDEO_CLOCK_RATE);
  readonly #rates = new RateWatch();
  readonly #passthrough = new VideoPassthrough((facts) => this.#tell(facts));
  readonly #sender: PacedSender;
  readonly #video: RtpStream;
  readonly #audio: RtpStream;
  readonly #ticker: NodeJS.Timeout;
  #transcoder: AudioTranscoder | undefined;
  #audioSpecificConfig: Buffer | undefined;
  /** Our wall clock minus media time: fixed, so that reports tell nothing of what jitter does to sending. */
  #wallClockOffsetMs: number | undefined;
  #lastPictureMs = -Infinity;
  #pictures = 0;
  #audioBytes = 0;
  #audioMs = 0;
  #factsLeft = MAXIMUM_FACTS;
  /** What is to be told with the next tick. */
  #untold: H264Facts | undefined;
  #ended = false;

  /** @param socket connected to the target; stays the caller's */
  constructor(socket: Socket, target: RtpTarget) {
    super();
    this.#socket = socket;
    this.#target = target;
    this.#video = new RtpStream(target.video, VIDEO_CLOCK_RATE);
    this.#audio = new RtpStream(target.audio, AUDIO_CLOCK_RATE);
    this.#sender = new PacedSender(this.#clock, {
      send: (datagram) => socket.send(datagram),
      full: () => this.emit('full'),
      room: () => this.emit('room'),
    });
    socket.on('message', (rtcp) => this.#repeat(rtcp));
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  /** By timestamps; undefined before there are pictures. */
  get framesPerSecond(): number | undefined {
    return this.#frameRate.framesPerSecond;
  }

  takeVideo(tag: VideoTag): void {
    if (this.#ended || tag.trackId !== TRACK) return;
    if (tag.kind === 'unsupported') this.#violate('INVALID_VIDEO_CODEC', 'The video is not H.264');
    else if (tag.kind === 'config') this.#passthrough.configure(tag);
    else this.#sendPicture(tag);
  }

  takeAudio(tag: AudioTag): void {
    if (this.#ended || tag.trackId !== TRACK) return;
    if (tag.kind === 'unsupported') this.#violate('INVALID_AUDIO_CODEC', 'The audio is not AAC');
    else if (tag.kind === 'config') this.#configureAudio(tag);
    else this.#sendSound(tag);
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#ticker);
    this.#sender.close();
    this.#transcoder?.close();
  }

  #sendPicture(picture: AvcPicture): void {
    const units = this.#passthrough.pass(picture);
    if (!units || this.#ended) return;
    const nowMs = performance.now();
    const placedMs = this.#timeline.place('video', picture.timestampMs + picture.compositionTimeMs, nowMs);
    // To receivers, packets of one time are one picture, and one of an earlier time comes too late.
    const mediaMs = Math.max(placedMs, this.#lastPictureMs + MINIMUM_STEP_MS);
    this.#lastPictureMs = mediaMs;
    this.#pictures += 1;
    this.#watch.heard('video', nowMs);
    this.#clock.arrived('video', mediaMs, nowMs);
    this.#frameRate.add(Math.round((mediaMs * VIDEO_CLOCK_RATE) / 1_000) >>> 0);
    const payloads = packetizeH264(units, MAXIMUM_PAYLOAD_BYTES);
    this.#sender.push('video', mediaMs, this.#video.writePicture(mediaMs, payloads));
  }

  #configureAudio({ audioSpecificConfig }: Extract<AudioTag, { kind: 'config' }>): void {
    if (this.#audioSpecificConfig?.equals(audioSpecificConfig)) return;
    const format = readAacFormat(audioSpecificConfig);
    if (!format) {
      this.#violate('INVALID_AUDIO_CODEC', 'The audio is not AAC-LC of 44.1 or 48 kHz in mono or stereo');
      return;
    }
    // What the message is read from is used again.
    this.#audioSpecificConfig = Buffer.from(audioSpecificConfig);
    this.#transcoder?.close();
    this.#transcoder = this.#orViolate(() => new AudioTranscoder(Buffer.from(audioSpecificConfig), format));
  }

  #sendSound({ data, timestampMs }: AacFrame): void {
    const nowMs = performance.now();
    const mediaMs = this.#timeline.place('audio', timestampMs, nowMs);
    this.#audioBytes += data.length;
    this.#audioMs = mediaMs;
    const packets = this.#orViolate(() => this.#transcoder?.transcode(data, mediaMs)) ?? [];
    for (const { data: payload, position, levelDbov, begins } of packets) {
      const positionMs = (1_000 * position) / AUDIO_CLOCK_RATE;
      this.#watch.heard('audio', nowMs);
      this.#clock.arrived('audio', positionMs, nowMs);
      const extension = writeHeaderExtensions(new Map([[this.#target.audio.levelExtensionId, Buffer.of(-levelDbov)]]));
      this.#sender.push('audio', positionMs, [this.#audio.writeSound(positionMs, payload, begins, extension)]);
    }
  }

  /** One frame that is broken is passed over: whoever waits for others notices when none come. */
  #orViolate<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof CodecFailure)) throw error;
      if (error.reason === 'INTERNAL') this.#violate('INVALID_INPUT', 'The audio cannot be read');
      return undefined;
    }
  }

  #tick(): void {
    const nowMs = performance.now();
    const missing = this.#watch.missing(nowMs);
    if (missing.length > 0) {
      this.#violate('INVALID_INPUT', `There is no ${missing.join(' and no ')}: a stage needs both`);
      return;
    }
    const [pictures, audioBytes, audioMs] = [this.#pictures, this.#audioBytes, this.#audioMs];
    const breach = this.#rates.breach({ framesPerSecond: this.framesPerSecond, pictures, audioBytes, audioMs });
    if (breach) {
      this.#violate(breach.violation, breach.description);
      return;
    }
    this.#factsLeft = MAXIMUM_FACTS;
    if (this.#untold) this.#tell(this.#untold);
    this.#report(nowMs);
  }

  #tell(facts: H264Facts): void {
    this.#untold = this.#factsLeft > 0 ? undefined : facts;
    if (this.#untold) return;
    this.#factsLeft -= 1;
    this.emit('facts', facts);
  }

  #report(nowMs: number): void {
    const mediaMs = this.#clock.mediaMs(nowMs);
    if (mediaMs === undefined) return;
    this.#wallClockOffsetMs ??= Date.now() - mediaMs;
    for (const stream of [this.#video, this.#audio]) {
      this.#socket.send(stream.report(mediaMs, mediaMs + this.#wallClockOffsetMs));
    }
  }

  /** The SFU's socket is small: on a busy machine it loses packets even here. */
  #repeat(rtcp: Buffer): void {
    if (this.#ended) return;
    for (const { ssrc, sequenceNumbers } of readFeedback(rtcp).missing) {
      const stream = ssrc === this.#target.video.ssrc ? this.#video : this.#audio;
      for (const packet of stream.repeat(sequenceNumbers)) this.#socket.send(packet);
    }
  }

  #violate(violation: IngestViolation, description: string): void {
    if (this.#ended) return;
    this.close();
    this.emit('violation', violation, description);
  }
}

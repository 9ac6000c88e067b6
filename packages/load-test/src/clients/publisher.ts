import { EventEmitter } from 'node:events';
import { readFeedback } from '@proscenium/media/rtp';
import {
  createIceCredentials,
  type Identity,
  MediaConnection,
  nowMs,
  PAYLOAD_TYPE,
  readDescription,
  SentStream,
  writePublishOffer,
} from '@proscenium/participant/connection';
import { type VideoSettings, VideoSource } from '../stream/video-source.ts';
import type { Answered, Signalling } from './signalling.ts';

export interface PublisherOptions {
  readonly identity: Identity;
  readonly video: VideoSettings;
  /** Of the same video, smaller, the lowest first (simulcast). Their frame rate is that of the video. Default: none. */
  readonly lowerLayers?: readonly Omit<VideoSettings, 'framesPerSecond'>[];
  /** Whether there is sound (silence) beside the picture. */
  readonly audio: boolean;
}

export interface PublisherEvents {
  /** The connection is gone, and not by us. */
  lost: [error: Error];
}

/** One of the layers of a video. */
interface Layer {
  readonly source: VideoSource;
  readonly stream: SentStream;
}

const TICK_MS = 5;
const REPORT_INTERVAL_MS = 1_000;
const AUDIO_INTERVAL_MS = 20;
const VIDEO_TICKS_PER_MS = 90;
const AUDIO_TICKS_PER_MS = 48;
/** A frame of Opus that holds 20 ms of silence (RFC 6716 §3.1). */
const SILENCE = Buffer.of(0xf8, 0xff, 0xfe);
/** Packets of a picture go out evenly over this part of the time until the next one. */
const SPREAD = 0.9;

/** Sends a picture, and sound if it is to, as a browser would. */
export class Publisher extends EventEmitter<PublisherEvents> {
  readonly #connection: MediaConnection;
  readonly #answered: Answered;
  /** The lowest first. */
  readonly #layers: readonly Layer[];
  readonly #framesPerSecond: number;
  readonly #audio: SentStream | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #startMs = nowMs();
  #pictures = 0;
  #audioFrames = 0;
  #nextReportMs = 0;
  readonly #queue: { readonly dueMs: number; readonly packet: () => Buffer }[] = [];
  /** Packets sent, without repetitions. */
  sent = 0;
  /** Of all that was sent, as it was before it was protected. */
  bytes = 0;
  /** Pictures that were due while this process did something else, and were left out. */
  skippedPictures = 0;
  /** Packets sent once more because they were asked for. */
  repeated = 0;
  /** How often somebody asked for a key frame. */
  keyFrameRequests = 0;

  private constructor(
    connection: MediaConnection,
    answered: Answered,
    streams: { layers: readonly Layer[]; audio: SentStream | undefined },
    framesPerSecond: number,
  ) {
    super();
    this.#connection = connection;
    this.#answered = answered;
    this.#layers = streams.layers;
    this.#framesPerSecond = framesPerSecond;
    this.#audio = streams.audio;
    connection.on('rtcp', (packet) => this.#hear(packet));
    connection.once('lost', (error) => {
      clearInterval(this.#timer);
      this.emit('lost', error);
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** @throws {Refused} or an error of the connection; nothing is left open then, on either side */
  static async start(signalling: Signalling, options: PublisherOptions): Promise<Publisher> {
    const { identity, video, lowerLayers = [], audio } = options;
    const { framesPerSecond } = video;
    const credentials = createIceCredentials();
    const streams = {
      layers: [...lowerLayers, video].map((settings) => ({
        source: new VideoSource({ ...settings, framesPerSecond }),
        stream: new SentStream(PAYLOAD_TYPE.h264, PAYLOAD_TYPE.rtx),
      })),
      audio: audio ? new SentStream(PAYLOAD_TYPE.opus) : undefined,
    };
    const layers = streams.layers.map(({ stream }) => ({ video: stream.ssrc, rtx: stream.rtxSsrc }));
    const sources = { layers, audio: streams.audio?.ssrc };
    const answered = await signalling(writePublishOffer({ credentials, fingerprint: identity.fingerprint }, sources));
    try {
      const { transport } = readDescription(answered.answer);
      const connection = await MediaConnection.open(identity, { credentials, role: 'controlling' }, transport);
      return new Publisher(connection, answered, streams, framesPerSecond);
    } catch (error) {
      // Why there is no connection tells more than that the end was refused as well.
      await Promise.allSettled([answered.end()]);
      throw error;
    }
  }

  /** Pictures that were due so far, whether they were made or not. */
  get duePictures(): number {
    return this.#pictures;
  }

  /** Ends the publish, and tells the server. */
  async stop(): Promise<void> {
    this.vanish();
    await this.#answered.end();
  }

  /** Falls silent without a word, as a process that is killed does. */
  vanish(): void {
    clearInterval(this.#timer);
    this.#connection.close();
  }

  /** Makes nothing new, and still repeats what it is asked for. */
  pause(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = nowMs();
    const elapsedMs = now - this.#startMs;
    const pictureMs = 1_000 / this.#framesPerSecond;
    if (elapsedMs >= this.#pictures * pictureMs) this.#makePicture(now, pictureMs);
    while (this.#queue[0] && this.#queue[0].dueMs <= now) {
      const next = this.#queue.shift();
      if (next) this.#send(next.packet());
    }
    if (this.#audio && elapsedMs >= this.#audioFrames * AUDIO_INTERVAL_MS) {
      const rtpTime = this.#audioFrames * AUDIO_INTERVAL_MS * AUDIO_TICKS_PER_MS;
      this.#audioFrames += 1;
      this.#send(this.#audio.packet(rtpTime >>> 0, false, SILENCE));
    }
    if (now >= this.#nextReportMs) this.#report(now, elapsedMs);
  }

  /** What is late by more than a picture is left out: a generator that cannot keep up sends fewer pictures, not bursts. */
  #makePicture(now: number, pictureMs: number): void {
    const rtpTime = Math.round(this.#pictures * pictureMs * VIDEO_TICKS_PER_MS) >>> 0;
    const behind = Math.floor((now - this.#startMs) / pictureMs) - this.#pictures;
    this.#pictures += Math.max(1, behind);
    this.skippedPictures += Math.max(0, behind - 1);
    for (const { source, stream } of this.#layers) {
      const payloads = source.next(now);
      for (const [index, payload] of payloads.entries()) {
        const marker = index === payloads.length - 1;
        const dueMs = now + (index / payloads.length) * pictureMs * SPREAD;
        this.#queue.push({ dueMs, packet: () => stream.packet(rtpTime, marker, payload) });
      }
    }
    if (this.#layers.length > 1) this.#queue.sort((one, two) => one.dueMs - two.dueMs);
  }

  #send(packet: Buffer): void {
    this.sent += 1;
    this.bytes += packet.length;
    this.#connection.sendRtp(packet);
  }

  #report(now: number, elapsedMs: number): void {
    this.#nextReportMs = now + REPORT_INTERVAL_MS;
    for (const { stream } of this.#layers) {
      this.#connection.sendRtcp(stream.senderReport(now, Math.round(elapsedMs * VIDEO_TICKS_PER_MS) >>> 0));
    }
    if (!this.#audio) return;
    this.#connection.sendRtcp(this.#audio.senderReport(now, Math.round(elapsedMs * AUDIO_TICKS_PER_MS) >>> 0));
  }

  #hear(packet: Buffer): void {
    const { missing, keyFrames } = readFeedback(packet);
    for (const { source, stream } of this.#layers) {
      if (keyFrames.includes(stream.ssrc)) {
        this.keyFrameRequests += 1;
        source.askForKeyFrame();
      }
      for (const { ssrc, sequenceNumbers } of missing) if (ssrc === stream.ssrc) this.#repeat(stream, sequenceNumbers);
    }
  }

  #repeat(stream: SentStream, sequenceNumbers: readonly number[]): void {
    for (const sequenceNumber of sequenceNumbers) {
      const repetition = stream.repetition(sequenceNumber);
      if (!repetition) continue;
      this.repeated += 1;
      this.bytes += repetition.length;
      this.#connection.sendRtp(repetition);
    }
  }
}

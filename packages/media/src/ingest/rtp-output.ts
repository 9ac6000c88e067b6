import type { Socket } from 'node:dgram';
import { readFeedback, writeHeaderExtensions } from '../rtp/index.ts';
import type { RtpTarget } from '../sfu/ingest-source.ts';
import { OpusWriter } from './opus-writer.ts';
import { PacedSender } from './paced-sender.ts';
import {
  type MediaSink,
  type PlacedPicture,
  type PlacedSound,
  SOUND_RATE_HZ,
  timeOf,
  videoStream,
} from './placed-media.ts';
import { PlayoutClock } from './playout-clock.ts';
import { RtpStream } from './rtp-stream.ts';

export interface RtpOutputEvents {
  /** More waits than should: nothing more is to be brought until `room`. */
  full(): void;
  room(): void;
}

const VIDEO_CLOCK_RATE = 90_000;
const REPORT_MS = 1_000;

/** Sends what is read of an encoder into the SFU by RTP, sound as Opus. */
export class RtpOutput implements MediaSink {
  readonly #target: RtpTarget;
  readonly #socket: Socket;
  readonly #clock = new PlayoutClock();
  readonly #sender: PacedSender;
  /** One for each track that there may be. */
  readonly #videos: readonly RtpStream[];
  readonly #audio: RtpStream;
  readonly #reporter: NodeJS.Timeout;
  #opus: OpusWriter | undefined;
  /** Our wall clock minus media time: fixed, so that reports tell nothing of what jitter does to sending. */
  #wallClockOffsetMs: number | undefined;
  #closed = false;

  /** @param socket connected to the target; stays the caller's */
  constructor(socket: Socket, target: RtpTarget, { full, room }: RtpOutputEvents) {
    this.#socket = socket;
    this.#target = target;
    const { payloadType, ssrcs } = target.video;
    this.#videos = ssrcs.map((ssrc) => new RtpStream({ payloadType, ssrc }, VIDEO_CLOCK_RATE));
    this.#audio = new RtpStream(target.audio, SOUND_RATE_HZ);
    this.#sender = new PacedSender(this.#clock, { send: (datagram) => socket.send(datagram), full, room });
    socket.on('message', (rtcp) => this.#repeat(rtcp));
    this.#reporter = setInterval(() => this.#report(), REPORT_MS);
  }

  takePicture({ payloads, mediaMs, track = 0 }: PlacedPicture): void {
    const video = this.#videos[track];
    if (this.#closed || !video) return;
    const stream = videoStream(track);
    this.#clock.arrived(stream, mediaMs, performance.now());
    this.#sender.push(stream, mediaMs, video.writePicture(mediaMs, payloads));
  }

  /** Keeps pictures back, which nobody would take, until they are let go. */
  holdPictures(): void {
    this.#sender.holdPictures();
  }

  letPicturesGo(): void {
    if (!this.#closed) this.#sender.letPicturesGo();
  }

  /** @throws {CodecFailure} */
  takeSound(sound: PlacedSound): void {
    if (this.#closed) return;
    const nowMs = performance.now();
    for (const { data: payload, position, levelDbov, begins } of this.#writerFor(sound).write(sound)) {
      const positionMs = timeOf(position);
      this.#clock.arrived('audio', positionMs, nowMs);
      const extension = writeHeaderExtensions(new Map([[this.#target.audio.levelExtensionId, Buffer.of(-levelDbov)]]));
      this.#sender.push('audio', positionMs, [this.#audio.writeSound(positionMs, payload, begins, extension)]);
    }
  }

  /** Sends everything so much later that what stands by is in time when it takes over. */
  waitFor(latenessMs: number): void {
    this.#clock.waitFor(latenessMs);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#reporter);
    this.#sender.close();
    this.#opus?.close();
  }

  #writerFor({ pcm }: PlacedSound): OpusWriter {
    const channels = pcm.planes.length === 1 ? 1 : 2;
    if (this.#opus?.channels === channels) return this.#opus;
    this.#opus?.close();
    this.#opus = undefined; // there may be no other one
    this.#opus = new OpusWriter(channels);
    return this.#opus;
  }

  #report(): void {
    const mediaMs = this.#clock.mediaMs(performance.now());
    if (mediaMs === undefined) return;
    this.#wallClockOffsetMs ??= Date.now() - mediaMs;
    for (const stream of [...this.#videos, this.#audio]) {
      // All tracks have one time: who is moved from one to another sees it go on.
      if (stream.began) this.#socket.send(stream.report(mediaMs, mediaMs + this.#wallClockOffsetMs));
    }
  }

  /** The SFU's socket is small: on a busy machine it loses packets even here. */
  #repeat(rtcp: Buffer): void {
    if (this.#closed) return;
    for (const { ssrc, sequenceNumbers } of readFeedback(rtcp).missing) {
      const stream = this.#videos[this.#target.video.ssrcs.indexOf(ssrc)] ?? this.#audio;
      for (const packet of stream.repeat(sequenceNumbers)) this.#socket.send(packet);
    }
  }
}

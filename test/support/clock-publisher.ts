import { execFileSync } from 'node:child_process';
import type { Signalling } from '@proscenium/load-test';
import { packetizeH264, readFeedback } from '@proscenium/media/rtp';
import {
  createIceCredentials,
  createIdentity,
  MediaConnection,
  nowMs,
  PAYLOAD_TYPE,
  readDescription,
  SentStream,
  writePublishOffer,
} from '@proscenium/participant/connection';
import { opusPackets } from '../../packages/media/src/codec/opus-packets.fixture.ts';
import { accessUnits } from '../../packages/media/src/rtp/encode.fixture.ts';
import { BEEP_HZ, CLOCK_FRAMES_A_SECOND, clockInput, FLASH_SECONDS } from './clock-picture.ts';

const TICK_MS = 5;
const REPORT_INTERVAL_MS = 500;
const PACKET_MS = 20;
const PICTURE_MS = 1_000 / CLOCK_FRAMES_A_SECOND;
const MAXIMUM_PAYLOAD_BYTES = 1_150;
const MAXIMUM_OUTPUT = 64 * 1024 * 1024;

/** The clock of `clock-picture.ts`, encoded: what takes a browser much of a processor costs nothing then. */
export interface EncodedClock {
  /** The payloads of each picture. */
  readonly pictures: readonly (readonly Buffer[])[];
  /** Of 20 ms each. */
  readonly sound: readonly Buffer[];
}

/** With a key frame each second. @param colour in the place of black, and as dark */
export function encodeClock(seconds: number, colour = 'black'): EncodedClock {
  const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-profile:v', 'baseline', '-x264-params'];
  const stream = execFileSync(
    'ffmpeg',
    [
      ...[
        '-nostdin',
        '-v',
        'error',
        ...clockInput({ colour }),
        '-t',
        String(seconds),
        '-map',
        '0:v',
        '-pix_fmt',
        'yuv420p',
      ],
      ...[...x264, `aud=1:bframes=0:scenecut=0:keyint=${CLOCK_FRAMES_A_SECOND}`, '-f', 'h264', '-'],
    ],
    { maxBuffer: MAXIMUM_OUTPUT },
  );
  return {
    pictures: accessUnits(stream).map(({ units }) => packetizeH264(units, MAXIMUM_PAYLOAD_BYTES)),
    sound: opusPackets(`0.5*sin(2*PI*${BEEP_HZ}*t)*lt(mod(t,1),${FLASH_SECONDS})`, { seconds }),
  };
}

export interface ClockPublisherOptions {
  /** @default both */
  readonly kinds?: readonly ('audio' | 'video')[];
  /** A UDP port on 127.0.0.1 in the place of the server's. */
  readonly port?: number;
}

/**
 * Publishes an encoded clock as a WebRTC client that takes no wishes for key frames. Picture and sound have the times of
 * the clock, whenever this process comes to sending them. At the end of the clock nothing more is sent.
 */
export class ClockPublisher {
  readonly #connection: MediaConnection;
  readonly #clock: EncodedClock;
  readonly #video: SentStream | undefined;
  readonly #audio: SentStream | undefined;
  readonly #end: () => Promise<void>;
  readonly #timer: NodeJS.Timeout;
  readonly #startMs = nowMs();
  #pictures = 0;
  #packets = 0;
  #nextReportMs = 0;

  private constructor(
    connection: MediaConnection,
    clock: EncodedClock,
    streams: { video: SentStream | undefined; audio: SentStream | undefined },
    end: () => Promise<void>,
  ) {
    this.#connection = connection;
    this.#clock = clock;
    this.#video = streams.video;
    this.#audio = streams.audio;
    this.#end = end;
    connection.on('rtcp', (packet) => this.#repeat(packet));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  static async start(
    signalling: Signalling,
    clock: EncodedClock,
    { kinds = ['audio', 'video'], port }: ClockPublisherOptions = {},
  ): Promise<ClockPublisher> {
    const [identity, credentials] = [await createIdentity(), createIceCredentials()];
    const video = kinds.includes('video') ? new SentStream(PAYLOAD_TYPE.h264, PAYLOAD_TYPE.rtx) : undefined;
    const audio = kinds.includes('audio') ? new SentStream(PAYLOAD_TYPE.opus) : undefined;
    const layers = video ? [{ video: video.ssrc, rtx: video.rtxSsrc }] : [];
    const local = { credentials, fingerprint: identity.fingerprint };
    const { answer, end } = await signalling(writePublishOffer(local, { layers, audio: audio?.ssrc }));
    const { transport } = readDescription(answer);
    const remote = { ...transport, ...(port !== undefined && { port }) };
    const connection = await MediaConnection.open(identity, { credentials, role: 'controlling' }, remote);
    return new ClockPublisher(connection, clock, { video, audio }, end);
  }

  /** When the clock began, on the clock of this process. */
  get startMs(): number {
    return this.#startMs;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#connection.close();
    await this.#end();
  }

  #tick(): void {
    const elapsedMs = nowMs() - this.#startMs;
    for (; this.#pictures * PICTURE_MS <= elapsedMs; this.#pictures += 1) {
      const payloads = this.#clock.pictures[this.#pictures] ?? [];
      const rtpTime = Math.round(this.#pictures * PICTURE_MS * 90);
      for (const [index, payload] of payloads.entries()) {
        this.#send(this.#video?.packet(rtpTime, index === payloads.length - 1, payload));
      }
    }
    for (; this.#packets * PACKET_MS <= elapsedMs; this.#packets += 1) {
      const payload = this.#clock.sound[this.#packets];
      if (payload) this.#send(this.#audio?.packet(this.#packets * PACKET_MS * 48, false, payload));
    }
    if (elapsedMs >= this.#nextReportMs) this.#report(elapsedMs);
  }

  #report(elapsedMs: number): void {
    this.#nextReportMs = elapsedMs + REPORT_INTERVAL_MS;
    const wallClockMs = this.#startMs + elapsedMs;
    for (const [stream, ticksPerMs] of [[this.#video, 90] as const, [this.#audio, 48] as const]) {
      if (stream) this.#connection.sendRtcp(stream.senderReport(wallClockMs, Math.round(elapsedMs * ticksPerMs)));
    }
  }

  #send(packet: Buffer | undefined): void {
    if (packet) this.#connection.sendRtp(packet);
  }

  #repeat(feedback: Buffer): void {
    const video = this.#video;
    for (const { ssrc, sequenceNumbers } of readFeedback(feedback).missing) {
      if (ssrc !== video?.ssrc) continue;
      for (const sequenceNumber of sequenceNumbers) this.#send(video.repetition(sequenceNumber));
    }
  }
}

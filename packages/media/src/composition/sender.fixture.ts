import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { opusPackets } from '../codec/opus-packets.fixture.ts';
import { accessUnits } from '../rtp/encode.fixture.ts';
import { packetizeH264 } from '../rtp/h264-packetizer.ts';
import { writeRtpPacket } from '../rtp/packet.ts';
import type { StreamNews } from './composer-messages.ts';

const FRAMES_A_SECOND = 30;
const PACKETS_A_SECOND = 50;
const REPORT_INTERVAL_MS = 300;
const STEP_MS = 4;

/** A second of one colour that begins with a white flash of a tenth of it, which is a key frame. */
export function flashingPictures(color: string, size = '320x180'): Buffer[][] {
  const flash = "drawbox=enable='lt(n,3)':color=white:t=fill";
  const picture = ['-f', 'lavfi', '-i', `color=${color}:size=${size}:rate=30,${flash}`, '-frames:v', '30'];
  const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-x264-params', 'aud=1:bframes=0:keyint=30'];
  const stream = execFileSync('ffmpeg', [
    ...['-nostdin', '-v', 'error', ...picture, ...x264],
    ...['-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-f', 'h264', '-'],
  ]);
  return accessUnits(stream).map(({ units }) => [...units]);
}

/** A second of silence that begins with a beep of a tenth of it. */
export function beepingSound(): Buffer[] {
  // The first second of an encoder is not like the others.
  return opusPackets('0.4*sin(2*PI*1000*t)*lt(mod(t,1),0.1)', { seconds: 3 }).slice(
    PACKETS_A_SECOND,
    2 * PACKETS_A_SECOND,
  );
}

export interface SenderOptions {
  /** Where packets go: a UDP port on 127.0.0.1. */
  readonly port: number;
  readonly videoSsrc: number;
  readonly audioSsrc: number;
  readonly pictures: readonly (readonly Buffer[])[];
  readonly sound: readonly Buffer[];
  /** When in each second flash and beep are. */
  readonly phaseMs: number;
  readonly tell: (news: StreamNews) => void;
  /** Its own, at its beginning. */
  readonly wallClockMs?: number;
}

/** Somebody who sends video and sound in real time, as the SFU passes them on: a flash and a beep at once each second. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #socket: Socket = createSocket('udp4');
  readonly #beginMs: number;
  readonly #timer: NodeJS.Timeout;
  #frames = 0;
  #packets = 0;
  #reports = 0;
  #sequence = { video: 65_000, audio: 7 };

  constructor(options: SenderOptions) {
    this.#options = options;
    const nowMs = performance.now();
    this.#beginMs = nowMs + ((((options.phaseMs - nowMs) % 1_000) + 1_000) % 1_000);
    options.tell({ type: 'stream', kind: 'video', codec: 'h264', ssrc: options.videoSsrc, paused: false });
    options.tell({ type: 'stream', kind: 'audio', codec: 'opus', ssrc: options.audioSsrc, paused: false });
    this.#timer = setInterval(() => this.#send(performance.now() - this.#beginMs), STEP_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  #send(nowMs: number): void {
    const { pictures, sound, tell, wallClockMs = 1e12 } = this.#options;
    while ((this.#frames * 1_000) / FRAMES_A_SECOND <= nowMs) {
      const payloads = packetizeH264(pictures[this.#frames % pictures.length] ?? [], 1_100);
      for (const [index, payload] of payloads.entries()) this.#packet('video', payload, index === payloads.length - 1);
      this.#frames += 1;
    }
    while ((this.#packets * 1_000) / PACKETS_A_SECOND <= nowMs) {
      this.#packet('audio', sound[this.#packets % sound.length] ?? Buffer.alloc(1), true);
      this.#packets += 1;
    }
    if (nowMs < this.#reports * REPORT_INTERVAL_MS) return;
    this.#reports += 1;
    for (const kind of ['video', 'audio'] as const) {
      const rtpTime = Math.round(nowMs * (kind === 'video' ? 90 : 48)) >>> 0;
      tell({ type: 'report', kind, wallClockMs: wallClockMs + nowMs, rtpTime });
    }
  }

  #packet(kind: 'video' | 'audio', payload: Buffer, marker: boolean): void {
    const { videoSsrc, audioSsrc, port } = this.#options;
    const isVideo = kind === 'video';
    const sequenceNumber = this.#sequence[kind];
    this.#sequence[kind] = (sequenceNumber + 1) & 0xffff;
    const data = writeRtpPacket({
      payloadType: isVideo ? 96 : 111,
      marker,
      sequenceNumber,
      rtpTime: isVideo ? 3_000 * this.#frames : 960 * this.#packets,
      ssrc: isVideo ? videoSsrc : audioSsrc,
      payload,
    });
    this.#socket.send(data, port, '127.0.0.1');
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { isRtcp, parseRtpPacket } from '../rtp/packet.ts';
import { writeSenderReport } from '../rtp/rtcp.ts';
import type { IngestSource, IngestSourceEvents, RtpTarget } from '../sfu/ingest-source.ts';

const REPORT_INTERVAL_MS = 500;

/**
 * FFmpeg as an encoder whose streams are ingested: a white flash and a beep at the beginning of each second. Its own sender
 * reports, which are five seconds apart, are left out for others.
 */
export class FfmpegSource extends EventEmitter<IngestSourceEvents> implements IngestSource {
  readonly #socket: Socket;
  #ffmpeg: ChildProcess | undefined;
  ended = false;

  private constructor(socket: Socket) {
    super();
    this.#socket = socket;
  }

  static async open(): Promise<FfmpegSource> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new FfmpegSource(socket);
  }

  get rtpPort(): number {
    return this.#socket.address().port;
  }

  sendTo({ port, video: { payloadType, ssrcs }, audio }: RtpTarget): void {
    const [ssrc = 0] = ssrcs;
    const video = { payloadType, ssrc };
    const reports = new Reports(video.ssrc, audio.ssrc);
    this.#socket.on('message', (data) => {
      if (isRtcp(data)) return;
      const { ssrc, rtpTime } = parseRtpPacket(data);
      for (const packet of [data, ...reports.after(ssrc, rtpTime)]) this.#socket.send(packet, port, '127.0.0.1');
    });
    const flash = "drawbox=enable='lt(mod(t,1),0.1)':color=white:t=fill";
    const picture = `color=black:size=320x180:rate=30,${flash}`;
    const beep = 'aevalsrc=0.8*sin(2*PI*1000*t)*lt(mod(t\\,1)\\,0.1):s=48000';
    const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '30', '-bf', '0'];
    this.#ffmpeg = spawn(
      'ffmpeg',
      [
        ...['-nostdin', '-v', 'error'],
        ...['-re', '-f', 'lavfi', '-i', picture, '-re', '-f', 'lavfi', '-i', beep],
        ...['-map', '0:v', ...x264, '-pix_fmt', 'yuv420p', ...this.#output(video)],
        ...['-map', '1:a', '-c:a', 'libopus', '-b:a', '64k', ...this.#output(audio)],
      ],
      { stdio: 'ignore' },
    );
  }

  close(): void {
    if (this.ended) return;
    this.ended = true;
    this.#ffmpeg?.kill('SIGKILL');
    this.#socket.close();
    this.emit('ended', 'closed');
  }

  #output({ ssrc, payloadType }: { ssrc: number; payloadType: number }): string[] {
    const url = `rtp://127.0.0.1:${this.rtpPort}?rtcpport=${this.rtpPort}&pkt_size=1100`;
    // FFmpeg takes a number of 32 bits with a sign.
    return ['-payload_type', String(payloadType), '-ssrc', String(ssrc | 0), '-f', 'rtp', url];
  }
}

/** Reports on both streams at times of the video's packets. Both begin with time zero of FFmpeg's. */
class Reports {
  readonly #videoSsrc: number;
  readonly #audioSsrc: number;
  readonly #first = new Map<number, number>();
  #nextMs = 0;

  constructor(videoSsrc: number, audioSsrc: number) {
    this.#videoSsrc = videoSsrc;
    this.#audioSsrc = audioSsrc;
  }

  after(ssrc: number, rtpTime: number): Buffer[] {
    if (!this.#first.has(ssrc)) this.#first.set(ssrc, rtpTime);
    const video = this.#first.get(this.#videoSsrc);
    const audio = this.#first.get(this.#audioSsrc);
    if (ssrc !== this.#videoSsrc || video === undefined || audio === undefined) return [];
    const timeMs = ((rtpTime - video) >>> 0) / 90;
    if (timeMs < this.#nextMs) return [];
    this.#nextMs = timeMs + REPORT_INTERVAL_MS;
    return [report(ssrc, timeMs, rtpTime), report(this.#audioSsrc, timeMs, Math.round(audio + 48 * timeMs) >>> 0)];
  }
}

function report(ssrc: number, timeMs: number, rtpTime: number): Buffer {
  return writeSenderReport({ ssrc, wallClockMs: 1e12 + timeMs, rtpTime, packetCount: 1, octetCount: 1 });
}

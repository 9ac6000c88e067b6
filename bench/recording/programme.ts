import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { IngestSource } from '@proscenium/media';
import { parseRtpPacket, writeRtpPacket, writeSenderReport } from '@proscenium/media/rtp';

type Kind = 'video' | 'audio';

interface ProgrammePacket {
  readonly kind: Kind;
  readonly atMs: number;
  readonly marker: boolean;
  /** From the beginning. */
  readonly ticks: number;
  readonly payload: Buffer;
}

/** What is sent again and again. */
export interface Programme {
  readonly packets: readonly ProgrammePacket[];
  readonly durationMs: number;
}

/** Where one stream goes. */
export interface StreamTarget {
  readonly port: number;
  readonly ssrc: number;
  readonly payloadType: number;
}

const TICKS_PER_MS: Readonly<Record<Kind, number>> = { video: 90, audio: 48 };
const VIDEO_TYPE = 96;
const AUDIO_TYPE = 97;
const REPORT_INTERVAL_MS = 1_000;

/** Syllables of a voice with their overtones, and a little noise: a plain tone would cost encoders of sound something else. */
const VOICE = [
  '0.2*max(0,sin(2*PI*2.2*t))*(sin(2*PI*120*t)+0.6*sin(2*PI*240*t)+0.5*sin(2*PI*720*t)+0.3*sin(2*PI*1200*t)',
  '+0.15*sin(2*PI*2640*t))+0.03*(random(0)-0.5)',
].join('');

/** FFmpeg's test picture, 720p30 at 2.5 Mbit/s with a key frame each two seconds, and a voice; as RTP packets. */
export async function makeProgramme(seconds: number): Promise<Programme> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 8 * 1024 * 1024 });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const packets: ProgrammePacket[] = [];
  const first = new Map<Kind, number>();
  let startMs: number | undefined;
  socket.on('message', (data) => {
    const packet = parseRtpPacket(data);
    const kind = packet.payloadType === VIDEO_TYPE ? 'video' : 'audio';
    startMs ??= performance.now();
    if (!first.has(kind)) first.set(kind, packet.rtpTime);
    const ticks = (packet.rtpTime - (first.get(kind) ?? 0)) >>> 0;
    packets.push({
      kind,
      atMs: performance.now() - startMs,
      marker: packet.marker,
      ticks,
      payload: Buffer.from(packet.payload),
    });
  });
  const { port } = socket.address();
  const output = (type: number) => [
    ...['-payload_type', String(type)],
    ...['-f', 'rtp', `rtp://127.0.0.1:${port}?rtcpport=9&pkt_size=1200`],
  ];
  const x264 = [
    '-preset',
    'superfast',
    '-tune',
    'zerolatency',
    '-g',
    '60',
    '-bf',
    '0',
    '-b:v',
    '2500k',
    '-maxrate',
    '2500k',
  ];
  const ffmpeg = spawn(
    'ffmpeg',
    [
      ...['-nostdin', '-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=30'],
      ...['-re', '-f', 'lavfi', '-i', `aevalsrc='${VOICE}':s=48000`, '-t', String(seconds)],
      ...['-map', '0:v', '-c:v', 'libx264', ...x264, '-bufsize', '2500k', '-pix_fmt', 'yuv420p', ...output(VIDEO_TYPE)],
      ...['-t', String(seconds), '-map', '1:a', '-ac', '2', '-c:a', 'libopus', '-b:a', '64k', ...output(AUDIO_TYPE)],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  await once(ffmpeg, 'exit');
  socket.close();
  const durationMs = 1_000 * seconds;
  return { packets: packets.filter(({ kind, ticks }) => ticks < TICKS_PER_MS[kind] * durationMs), durationMs };
}

/** Sends a programme in real time, over and over. */
export class ProgrammeSender {
  readonly #programme: Programme;
  readonly #targets: Readonly<Record<Kind, StreamTarget>>;
  readonly #socket: Socket;
  readonly #startMs = performance.now();
  readonly #sequence: Record<Kind, number> = { video: 0, audio: 0 };
  readonly #timer: NodeJS.Timeout;
  #sent = 0;
  #nextReportMs = 0;

  constructor(programme: Programme, targets: Readonly<Record<Kind, StreamTarget>>, socket: Socket) {
    this.#programme = programme;
    this.#targets = targets;
    this.#socket = socket;
    this.#timer = setInterval(() => this.#send(performance.now() - this.#startMs), 10);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #send(nowMs: number): void {
    const { packets, durationMs } = this.#programme;
    for (;;) {
      const packet = packets[this.#sent % packets.length];
      const offsetMs = durationMs * Math.floor(this.#sent / packets.length);
      if (!packet || offsetMs + packet.atMs > nowMs) break;
      this.#sent += 1;
      this.#sendPacket(packet, offsetMs);
    }
    if (nowMs < this.#nextReportMs) return;
    this.#nextReportMs += REPORT_INTERVAL_MS;
    for (const kind of ['video', 'audio'] as const) this.#report(kind, nowMs);
  }

  #sendPacket({ kind, marker, ticks, payload }: ProgrammePacket, offsetMs: number): void {
    const { port, ssrc, payloadType } = this.#targets[kind];
    const sequenceNumber = this.#sequence[kind];
    this.#sequence[kind] = (sequenceNumber + 1) & 0xffff;
    const rtpTime = (ticks + TICKS_PER_MS[kind] * offsetMs) >>> 0;
    this.#socket.send(
      writeRtpPacket({ payloadType, marker, sequenceNumber, rtpTime, ssrc, payload }),
      port,
      '127.0.0.1',
    );
  }

  #report(kind: Kind, nowMs: number): void {
    const { port, ssrc } = this.#targets[kind];
    const rtpTime = Math.round(nowMs * TICKS_PER_MS[kind]) >>> 0;
    const report = { ssrc, wallClockMs: Date.now(), rtpTime, packetCount: 0, octetCount: 0 };
    this.#socket.send(writeSenderReport(report), port, '127.0.0.1');
  }
}

/** An ingest that sends a programme. */
export class ProgrammeSource extends EventEmitter implements IngestSource {
  readonly #programme: Programme;
  readonly #socket: Socket;
  #sender: ProgrammeSender | undefined;
  ended = false;

  private constructor(programme: Programme, socket: Socket) {
    super();
    this.#programme = programme;
    this.#socket = socket;
  }

  static async open(programme: Programme): Promise<ProgrammeSource> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new ProgrammeSource(programme, socket);
  }

  get rtpPort(): number {
    return (this.#socket.address() as AddressInfo).port;
  }

  sendTo({ port, video, audio }: Parameters<IngestSource['sendTo']>[0]): void {
    this.#sender = new ProgrammeSender(
      this.#programme,
      { video: { port, ...video }, audio: { port, ...audio } },
      this.#socket,
    );
  }

  close(): void {
    if (this.ended) return;
    this.ended = true;
    this.#sender?.close();
    this.#socket.close();
    this.emit('ended', 'closed');
  }
}

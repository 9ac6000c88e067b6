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
export const VOICE = [
  '0.2*max(0,sin(2*PI*2.2*t))*(sin(2*PI*120*t)+0.6*sin(2*PI*240*t)+0.5*sin(2*PI*720*t)+0.3*sin(2*PI*1200*t)',
  '+0.15*sin(2*PI*2640*t))+0.03*(random(0)-0.5)',
].join('');

/** What pictures of a programme are like. */
export interface ProgrammePicture {
  readonly width: number;
  readonly height: number;
  readonly bitrateBps: number;
}

const PICTURE: ProgrammePicture = { width: 1_280, height: 720, bitrateBps: 2_500_000 };

/** FFmpeg's test picture at 30 a second, whose middle is black, and white for three of them at the beginning of each second. */
export function testPicture({ width, height }: ProgrammePicture): string {
  const box = 'drawbox=x=3*iw/8:y=3*ih/8:w=iw/4:h=ih/4:t=fill:color=';
  return `testsrc2=size=${width}x${height}:rate=30,${box}black,${box}white:enable='lt(mod(n,30),3)'`;
}

/** FFmpeg's arguments for a sender's H.264: a key frame each two seconds. */
export function sentVideo({ bitrateBps }: ProgrammePicture): string[] {
  const rate = ['-b:v', String(bitrateBps), '-maxrate', String(bitrateBps), '-bufsize', String(bitrateBps)];
  const x264 = ['-c:v', 'libx264', '-preset', 'superfast', '-tune', 'zerolatency', '-g', '60', '-bf', '0', ...rate];
  return [...x264, '-pix_fmt', 'yuv420p'];
}

/** FFmpeg's arguments for a sender's sound. */
export const SENT_AUDIO = ['-ac', '2', '-c:a', 'libopus', '-b:a', '64k'];

/** {@link testPicture} and a voice, as RTP packets. @param picture 720p at 2.5 Mbit/s unless told otherwise */
export async function makeProgramme(seconds: number, picture: ProgrammePicture = PICTURE): Promise<Programme> {
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
  const ffmpeg = spawn(
    'ffmpeg',
    [
      ...['-nostdin', '-v', 'error', '-re', '-f', 'lavfi', '-i', testPicture(picture)],
      ...['-re', '-f', 'lavfi', '-i', `aevalsrc='${VOICE}':s=48000`, '-t', String(seconds)],
      ...['-map', '0:v', ...sentVideo(picture), ...output(VIDEO_TYPE)],
      ...['-t', String(seconds), '-map', '1:a', ...SENT_AUDIO, ...output(AUDIO_TYPE)],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  await once(ffmpeg, 'exit');
  socket.close();
  const durationMs = 1_000 * seconds;
  return { packets: packets.filter(({ kind, ticks }) => ticks < TICKS_PER_MS[kind] * durationMs), durationMs };
}

/** @param ticks of RTP time since the programme was sent first */
type OnSent = (kind: Kind, ticks: number) => void;

/** Sends a programme in real time, over and over. */
export class ProgrammeSender {
  readonly #programme: Programme;
  readonly #targets: Readonly<Record<Kind, StreamTarget>>;
  readonly #socket: Socket;
  readonly #startMs = performance.now();
  readonly #sequence: Record<Kind, number> = { video: 0, audio: 0 };
  readonly #timer: NodeJS.Timeout;
  readonly #onSent: OnSent;
  #sent = 0;
  #nextReportMs = 0;

  constructor(
    programme: Programme,
    targets: Readonly<Record<Kind, StreamTarget>>,
    socket: Socket,
    onSent: OnSent = () => undefined,
  ) {
    this.#onSent = onSent;
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
    const sinceBeginning = ticks + TICKS_PER_MS[kind] * offsetMs;
    this.#onSent(kind, sinceBeginning);
    const rtpTime = sinceBeginning >>> 0;
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
  readonly #onSent: OnSent | undefined;
  #sender: ProgrammeSender | undefined;
  ended = false;

  private constructor(programme: Programme, socket: Socket, onSent?: OnSent) {
    super();
    this.#programme = programme;
    this.#socket = socket;
    this.#onSent = onSent;
  }

  /** @param onSent told of each packet */
  static async open(programme: Programme, onSent?: OnSent): Promise<ProgrammeSource> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new ProgrammeSource(programme, socket, onSent);
  }

  get rtpPort(): number {
    return (this.#socket.address() as AddressInfo).port;
  }

  sendTo({ port, video, audio }: Parameters<IngestSource['sendTo']>[0]): void {
    const { payloadType, ssrcs } = video;
    const [ssrc = 0] = ssrcs;
    this.#sender = new ProgrammeSender(
      this.#programme,
      { video: { port, payloadType, ssrc }, audio: { port, ...audio } },
      this.#socket,
      this.#onSent,
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

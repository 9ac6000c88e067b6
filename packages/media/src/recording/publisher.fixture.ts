import { opusPackets } from '../codec/opus-packets.fixture.ts';
import { accessUnits, encodeH264 } from '../rtp/encode.fixture.ts';
import { packetizeH264 } from '../rtp/h264-packetizer.ts';
import { writeRtpPacket } from '../rtp/packet.ts';
import type { FeedNews } from './recorder-messages.ts';

/** What takes the packets. */
export interface Taker {
  news(news: FeedNews): void;
  packet(data: Buffer): void;
  tick(): void;
}

/** The RTP streams of one sender, as its clocks make them. Times in ms, rates relative to the true ones. */
export interface SenderOptions {
  /** Access units, the first one a key frame: sent in turn, begun anew when a key frame is asked for. */
  readonly pictures?: readonly (readonly Buffer[])[];
  /** Of 20 ms each; begun anew at the end. */
  readonly sound?: readonly Buffer[];
  /** How much faster the clocks run than they should. */
  readonly videoPpm?: number;
  readonly audioPpm?: number;
  readonly wallClockPpm?: number;
  /** On the way, for both. */
  readonly latencyMs?: number;
  /** Beside that, of video alone. */
  readonly videoLatencyMs?: number;
  readonly reportEachMs?: number;
}

export const VIDEO_SSRC = 11;
export const AUDIO_SSRC = 22;
const FRAME_MS = 1_000 / 30;
const PACKET_MS = 20;
const TICK_MS = 100;
/** Any: a sender's clock need not be right. */
const WALL_CLOCK_AHEAD_MS = 1_700_000_000_123;
const KEY_FRAME_DELAY_MS = 80;

interface Underway {
  atMs: number;
  deliver(): void;
}

/** A sender and the way from it, on a simulated clock. */
export class SimulatedPublisher {
  readonly #options: SenderOptions;
  readonly #taker: () => Taker;
  #underway: Underway[] = [];
  #nowMs = 0;
  #next = { video: 0, audio: 0, report: 500, tick: TICK_MS };
  #sequence = { video: 65_500, audio: 100 };
  #rtpOffset = { video: 4_294_900_000, audio: 1_000 };
  #picture = 0;
  #packet = 0;
  #restartAtMs: number | undefined;
  /** Nothing is taken before. */
  #stalledUntilMs = -Infinity;
  videoMuted = false;
  videoSilent = false;
  audioSilent = false;
  /** Whether the packet is lost. */
  loses: (kind: 'video' | 'audio', sequenceNumber: number) => boolean = () => false;
  /** How much longer than always the way takes for what is sent now. */
  delayMs: (what: 'video' | 'audio' | 'report') => number = () => 0;
  keyFramesAsked = 0;
  /** When each picture was captured, and which one it was. */
  readonly captured: { readonly atMs: number; readonly picture: number }[] = [];

  /** When each packet of sound began to be captured. */
  readonly soundMs: number[] = [];

  constructor(options: SenderOptions, taker: () => Taker) {
    this.#options = options;
    this.#taker = taker;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** The streams as the recorder is told of them. */
  begin(): void {
    if (this.#options.sound) {
      this.#taker().news({ type: 'stream', kind: 'audio', codec: 'opus', ssrcs: [AUDIO_SSRC], paused: false });
    }
    if (!this.#options.pictures) return;
    this.#taker().news({ type: 'stream', kind: 'video', codec: 'h264', ssrcs: [VIDEO_SSRC], paused: this.videoMuted });
  }

  requestKeyFrame(): void {
    this.keyFramesAsked += 1;
    this.#restartAtMs ??= this.#nowMs + KEY_FRAME_DELAY_MS;
  }

  mute(muted: boolean): void {
    this.videoMuted = muted;
    this.#taker().news({ type: 'paused', kind: 'video', paused: muted });
  }

  /** The sender's RTP time goes on elsewhere. */
  jump(ms: number): void {
    this.#rtpOffset.video += 90 * ms;
    this.#rtpOffset.audio += 48 * ms;
  }

  /** Other pictures from now on. */
  change(pictures: readonly (readonly Buffer[])[]): void {
    Object.assign(this.#options, { pictures });
    this.#picture = 0;
  }

  /** Whoever takes all of it stands still for so long; then time is what he looks at first. */
  stall(ms: number): void {
    this.#stalledUntilMs = this.#nowMs + ms;
    this.#next.tick = Math.max(this.#next.tick, this.#stalledUntilMs);
    for (const each of this.#underway) each.atMs = Math.max(each.atMs, this.#stalledUntilMs);
    this.run(ms);
  }

  run(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      this.#underway.sort((one, other) => one.atMs - other.atMs);
      const [first] = this.#underway;
      const atMs = Math.min(first?.atMs ?? Infinity, ...Object.values(this.#next));
      if (atMs > endMs) break;
      this.#nowMs = atMs;
      if (first?.atMs === atMs && this.#next.tick !== atMs) this.#underway.shift()?.deliver();
      else this.#step(atMs);
    }
    this.#nowMs = endMs;
  }

  #step(atMs: number): void {
    if (this.#next.tick === atMs) {
      this.#next.tick += TICK_MS;
      this.#taker().tick();
    } else if (this.#next.report === atMs) {
      this.#next.report += this.#options.reportEachMs ?? 1_000;
      this.#report();
    } else if (this.#next.video === atMs) {
      this.#next.video += FRAME_MS;
      this.#sendPicture();
    } else {
      this.#next.audio += PACKET_MS / (1 + (this.#options.audioPpm ?? 0) / 1e6);
      this.#sendSound();
    }
  }

  #rtpTime(kind: 'video' | 'audio'): number {
    const { videoPpm = 0, audioPpm = 0 } = this.#options;
    const ticks = kind === 'video' ? 90 * (1 + videoPpm / 1e6) : 48 * (1 + audioPpm / 1e6);
    return Math.round(this.#rtpOffset[kind] + this.#nowMs * ticks) >>> 0;
  }

  #sendPicture(): void {
    const { pictures } = this.#options;
    if (!pictures || this.videoMuted || this.videoSilent) return;
    if (this.#restartAtMs !== undefined && this.#nowMs >= this.#restartAtMs) {
      this.#picture = 0;
      this.#restartAtMs = undefined;
    }
    const picture = this.#picture % pictures.length;
    this.#picture += 1;
    this.captured.push({ atMs: this.#nowMs, picture });
    const payloads = packetizeH264(pictures[picture] ?? [], 1_100);
    for (const [index, payload] of payloads.entries()) this.#send('video', index === payloads.length - 1, payload);
  }

  #sendSound(): void {
    const { sound } = this.#options;
    const payload = sound?.[this.#packet % sound.length];
    this.#packet += 1;
    this.soundMs.push(this.#nowMs);
    if (payload && !this.audioSilent) this.#send('audio', true, payload);
  }

  #send(kind: 'video' | 'audio', marker: boolean, payload: Buffer): void {
    const sequenceNumber = this.#sequence[kind];
    this.#sequence[kind] = (sequenceNumber + 1) & 0xffff;
    if (this.loses(kind, sequenceNumber)) return;
    const ssrc = kind === 'video' ? VIDEO_SSRC : AUDIO_SSRC;
    const data = writeRtpPacket({
      payloadType: 96,
      marker,
      sequenceNumber,
      rtpTime: this.#rtpTime(kind),
      ssrc,
      payload,
    });
    const { latencyMs = 20, videoLatencyMs = 0 } = this.#options;
    const wayMs = latencyMs + (kind === 'video' ? videoLatencyMs : 0) + this.delayMs(kind);
    this.#sendOff(wayMs, () => this.#taker().packet(data));
  }

  #report(): void {
    const { latencyMs = 20, wallClockPpm = 0 } = this.#options;
    const wallClockMs = WALL_CLOCK_AHEAD_MS + this.#nowMs * (1 + wallClockPpm / 1e6);
    for (const kind of ['video', 'audio'] as const) {
      const report = { ssrc: kind === 'video' ? VIDEO_SSRC : AUDIO_SSRC, wallClockMs, rtpTime: this.#rtpTime(kind) };
      this.#sendOff(latencyMs + this.delayMs('report'), () => this.#taker().news({ type: 'report', ...report }));
    }
  }

  #sendOff(wayMs: number, deliver: () => void): void {
    this.#underway.push({ atMs: Math.max(this.#nowMs + wayMs, this.#stalledUntilMs), deliver });
  }
}

/** One key frame and what follows from it, for so long, each picture another one. */
export function testPictures(size = '320x180', seconds = 12): Buffer[][] {
  const gop = ['-g', '100000', '-keyint_min', '100000', '-sc_threshold', '0', '-bf', '0'];
  return accessUnits(encodeH264({ size, frames: seconds * 30, arguments: gop })).map(({ units }) => [...units]);
}

/** A beep of a tenth of a second at the beginning of each second. */
export function beeps(seconds = 10): Buffer[] {
  return opusPackets('0.8*sin(2*PI*1000*t)*lt(mod(t,1),0.1)', { seconds }).slice(0, 50 * seconds);
}

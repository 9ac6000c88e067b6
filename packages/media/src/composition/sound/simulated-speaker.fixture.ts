import { OPUS_FRAME_SAMPLES, OpusEncoder } from '../../codec/opus-encoder.ts';
import type { RtpPacket } from '../../rtp/packet.ts';
import { packet } from '../../rtp/rtp.fixture.ts';
import { SenderClock } from '../../rtp/sender-clock.ts';
import { ParticipantSound } from './participant-sound.ts';

/** A sample at a time of the speaker's, in milliseconds, left and right. */
export type Signal = (timeMs: number) => readonly [left: number, right: number];

export function tone(frequencyHz: number, amplitude: number): Signal {
  return (timeMs) => {
    const sample = amplitude * Math.sin((2 * Math.PI * frequencyHz * timeMs) / 1_000);
    return [sample, sample];
  };
}

/** The packets of 20 ms of a second of a sound that repeats each second, so that they follow each other in a loop. */
export function encodeSecond(signal: Signal, bitrateBps = 96_000): { packets: Buffer[]; delaySamples: number } {
  const encoder = new OpusEncoder({ channels: 2, bitrateBps });
  const packets: Buffer[] = [];
  for (let at = 0; at < 2 * 48_000; at += OPUS_FRAME_SAMPLES) {
    const planes = [new Float32Array(OPUS_FRAME_SAMPLES), new Float32Array(OPUS_FRAME_SAMPLES)];
    for (let sample = 0; sample < OPUS_FRAME_SAMPLES; sample += 1) {
      for (const [channel, value] of signal((at + sample) / 48).entries())
        (planes[channel] as Float32Array)[sample] = value;
    }
    packets.push(encoder.encode({ planes, frames: OPUS_FRAME_SAMPLES }));
  }
  const { delaySamples } = encoder;
  encoder.close();
  return { packets: packets.slice(50), delaySamples };
}

export interface SpeakerOptions {
  /** Sent in a loop. */
  readonly packets: readonly Buffer[];
  /** @default 960 */
  readonly frameSamples?: number;
  /** By how much sound stands later in what is decoded: RTP times make up for it. @default 0 */
  readonly delaySamples?: number;
  /** When the first packet is captured, on our clock. @default 0 */
  readonly fromMs?: number;
  /** @default never */
  readonly untilMs?: number;
  /** How much too fast its clock of sound goes. @default 0 */
  readonly driftPpm?: number;
  /** How long a packet takes, from the capture of its first sample. @default 20 ms */
  readonly wayMs?: (count: number) => number;
  /** @default false */
  readonly isLost?: (count: number) => boolean;
  /** Whether there is a packet at all: none is missing where there was none. @default true */
  readonly isSent?: (count: number) => boolean;
  /** What is added to a packet's RTP time. @default 0 */
  readonly rtpOffset?: (count: number) => number;
  /** @default none */
  readonly reportsEachMs?: number;
}

export const SPEAKER_SSRC = 77;
const WALL_CLOCK_AHEAD_MS = 1_700_000_000_000;
/** Close below the wrap. */
const FIRST_RTP_TIME = 2 ** 32 - 100_000;

/** One who speaks into a {@link ParticipantSound}, on a simulated clock. */
export class SimulatedSpeaker {
  readonly latenessMs: number[] = [];
  readonly sound = new ParticipantSound({ sender: new SenderClock(), onReady: (ms) => this.latenessMs.push(ms) });
  readonly #options: Required<SpeakerOptions>;
  /** Frames that were captured, and when the packets that have not come will. */
  #count = 0;
  #underWay: { readonly packet: RtpPacket; readonly comesMs: number }[] = [];
  #sequenceNumber = 65_500;
  #reports = 0;

  constructor(options: SpeakerOptions) {
    this.#options = {
      frameSamples: OPUS_FRAME_SAMPLES,
      delaySamples: 0,
      fromMs: 0,
      untilMs: Infinity,
      driftPpm: 0,
      wayMs: () => 20,
      isLost: () => false,
      isSent: () => true,
      rtpOffset: () => 0,
      reportsEachMs: Infinity,
      ...options,
    };
    this.sound.receive(SPEAKER_SSRC, this.#options.fromMs);
  }

  /** All that comes until then. */
  advance(nowMs: number): void {
    const { isLost, isSent, untilMs, wayMs } = this.#options;
    for (let ms = this.#capturedMs(this.#count); ms <= Math.min(nowMs, untilMs - 1); ) {
      const count = this.#count;
      if (isSent(count)) {
        const packet = this.#packet(count);
        if (!isLost(count)) this.#underWay.push({ packet, comesMs: ms + wayMs(count) });
      }
      this.#count += 1;
      ms = this.#capturedMs(this.#count);
    }
    const come = this.#underWay.filter(({ comesMs }) => comesMs <= nowMs);
    this.#underWay = this.#underWay.filter(({ comesMs }) => comesMs > nowMs);
    for (const { packet, comesMs } of come.sort((one, other) => one.comesMs - other.comesMs)) {
      this.#report(comesMs);
      this.sound.push(packet, comesMs);
    }
  }

  #packet(count: number): RtpPacket {
    const { delaySamples, frameSamples, packets, rtpOffset } = this.#options;
    this.#sequenceNumber = (this.#sequenceNumber + 1) % 65_536;
    return packet({
      ssrc: SPEAKER_SSRC,
      sequenceNumber: this.#sequenceNumber,
      rtpTime: (FIRST_RTP_TIME + count * frameSamples - delaySamples + rtpOffset(count)) % 2 ** 32,
      payload: packets[count % packets.length] ?? Buffer.alloc(0),
    });
  }

  #capturedMs(count: number): number {
    const { driftPpm, frameSamples, fromMs } = this.#options;
    return fromMs + (count * frameSamples) / 48 / (1 + driftPpm / 1e6);
  }

  #report(nowMs: number): void {
    const { driftPpm, fromMs, reportsEachMs } = this.#options;
    if (nowMs < fromMs + this.#reports * reportsEachMs || reportsEachMs === Infinity) return;
    this.#reports += 1;
    const samples = Math.round((nowMs - fromMs) * 48 * (1 + driftPpm / 1e6));
    const rtpTime = (FIRST_RTP_TIME + samples) % 2 ** 32;
    this.sound.report({ wallClockMs: nowMs + WALL_CLOCK_AHEAD_MS, rtpTime }, nowMs);
  }
}

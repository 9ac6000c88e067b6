import { OPUS_FRAME_SAMPLES, OpusEncoder } from '../codec/opus-encoder.ts';
import { inChannels, type Pcm } from '../codec/pcm.ts';
import { type PlacedSound, partOf, silence } from './placed-media.ts';

const BITRATE_BPS_PER_CHANNEL = 64_000;

/** 20 ms of sound. */
export interface OpusPacket {
  readonly data: Buffer;
  /** When its first sample is heard, in samples of media time. */
  readonly position: number;
  /** How loud it is, -127 to 0 (RFC 6464). */
  readonly levelDbov: number;
  /** Whether there was none right before it. */
  readonly begins: boolean;
}

/** Makes sound into Opus, with a gap where the sound has one. */
export class OpusWriter {
  readonly channels: 1 | 2;
  readonly #encoder: OpusEncoder;
  /** What has come and does not fill a packet yet. */
  readonly #waiting: readonly Float32Array[];
  #waitingSamples = 0;
  /** Where the first of those that wait stands; undefined before any sound. */
  #position: number | undefined;
  #begins = true;

  /** @throws {CodecFailure} */
  constructor(channels: 1 | 2) {
    this.channels = channels;
    this.#encoder = new OpusEncoder({ channels, bitrateBps: channels * BITRATE_BPS_PER_CHANNEL });
    this.#waiting = silence(channels, OPUS_FRAME_SAMPLES).planes;
  }

  /** What is of a time that is written already is left out. @throws {CodecFailure} */
  write({ pcm, position }: PlacedSound): OpusPacket[] {
    const packets: OpusPacket[] = [];
    if (this.#position !== undefined && position > this.#position + this.#waitingSamples) {
      packets.push(...this.#moveTo(position));
    }
    this.#position ??= position;
    const overlap = Math.min(pcm.frames, this.#position + this.#waitingSamples - position);
    packets.push(...this.#encode(inChannels(partOf(pcm, Math.max(0, overlap)), this.channels)));
    return packets;
  }

  close(): void {
    this.#encoder.close();
  }

  /** What waits is filled up with silence, and the next sound stands anew. */
  #moveTo(position: number): OpusPacket[] {
    const rest =
      this.#waitingSamples === 0 ? [] : this.#encode(silence(this.channels, OPUS_FRAME_SAMPLES - this.#waitingSamples));
    this.#position = Math.max(position, this.#position ?? position);
    this.#begins = true;
    return rest;
  }

  #encode(pcm: Pcm): OpusPacket[] {
    const packets: OpusPacket[] = [];
    for (let from = 0; from < pcm.frames; ) {
      const count = Math.min(pcm.frames - from, OPUS_FRAME_SAMPLES - this.#waitingSamples);
      for (const [channel, plane] of this.#waiting.entries()) {
        plane.set(pcm.planes[channel]?.subarray(from, from + count) ?? [], this.#waitingSamples);
      }
      from += count;
      this.#waitingSamples += count;
      if (this.#waitingSamples === OPUS_FRAME_SAMPLES) packets.push(this.#encodeWaiting());
    }
    return packets;
  }

  #encodeWaiting(): OpusPacket {
    const position = this.#position ?? 0;
    this.#position = position + OPUS_FRAME_SAMPLES;
    this.#waitingSamples = 0;
    const begins = this.#begins;
    this.#begins = false;
    const data = this.#encoder.encode({ planes: this.#waiting, frames: OPUS_FRAME_SAMPLES });
    return { data, position: position - this.#encoder.delaySamples, levelDbov: levelOf(this.#waiting), begins };
  }
}

/** The root of the mean square, against the loudest square wave (RFC 6464 §3, RFC 6465 appendix A.1). */
function levelOf(planes: readonly Float32Array[]): number {
  let sum = 0;
  for (const plane of planes) for (const sample of plane) sum += sample * sample;
  const meanSquare = sum / (planes.length * OPUS_FRAME_SAMPLES);
  return meanSquare === 0 ? -127 : Math.min(0, Math.max(-127, Math.round(10 * Math.log10(meanSquare))));
}

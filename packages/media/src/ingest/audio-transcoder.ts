import { AacDecoder } from '../codec/aac-decoder.ts';
import { OPUS_FRAME_SAMPLES, OpusEncoder } from '../codec/opus-encoder.ts';
import { inChannels, type Pcm } from '../codec/pcm.ts';
import { Resampler } from '../codec/resampler.ts';
import type { AacFormat } from './aac-format.ts';

/** Samples a second: of Opus, and of RTP times of it (RFC 7587 §4.1). */
const SAMPLE_RATE_HZ = 48_000;
const SAMPLES_PER_MS = SAMPLE_RATE_HZ / 1_000;
const BITRATE_BPS_PER_CHANNEL = 64_000;
/**
 * How far samples may be from their timestamps: those are rounded, and some encoders' shake. What adds up to more, as clocks
 * drift or sound is left out, is put right at once. Well below what is seen as lips out of step.
 */
const TOLERANCE_SAMPLES = 25 * SAMPLES_PER_MS;

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

/** Makes AAC into Opus. Samples are counted, so that sound has no gaps where timestamps are only inexact. */
export class AudioTranscoder {
  readonly #channels: 1 | 2;
  readonly #decoder: AacDecoder;
  readonly #encoder: OpusEncoder;
  readonly #resampler: Resampler | undefined;
  /** What has come and does not fill a packet yet. */
  readonly #waiting: readonly Float32Array[];
  #waitingSamples = 0;
  /** Where the first of those that wait stands; undefined before any sound. */
  #position: number | undefined;
  #begins = true;

  /** @throws {CodecFailure} */
  constructor(audioSpecificConfig: Buffer, { sampleRateHz, channels }: AacFormat) {
    this.#channels = channels;
    this.#decoder = new AacDecoder(audioSpecificConfig);
    this.#encoder = new OpusEncoder({ channels, bitrateBps: channels * BITRATE_BPS_PER_CHANNEL });
    this.#resampler =
      sampleRateHz === SAMPLE_RATE_HZ
        ? undefined
        : new Resampler({ fromHz: sampleRateHz, toHz: SAMPLE_RATE_HZ, channels });
    this.#waiting = Array.from({ length: channels }, () => new Float32Array(OPUS_FRAME_SAMPLES));
  }

  /**
   * @param frame AAC
   * @param mediaMs when it is heard
   * @throws {CodecFailure} for what cannot be decoded; what comes next may be
   */
  transcode(frame: Buffer, mediaMs: number): OpusPacket[] {
    const decoded = this.#decoder.decode(frame);
    if (decoded.frames === 0) return [];
    // Decoders believe frames rather than the configuration, which some encoders get wrong.
    const told = inChannels(decoded, this.#channels);
    const pcm = this.#resampler?.resample(told) ?? told;
    const position = Math.round(mediaMs * SAMPLES_PER_MS);
    this.#position ??= position;
    const deviation = position - (this.#position + this.#waitingSamples);
    // It is of a time that is filled already: once sound is left out, the next one may stand where it belongs.
    if (deviation < -TOLERANCE_SAMPLES) return [];
    const packets = deviation > TOLERANCE_SAMPLES ? this.#moveTo(position) : [];
    return [...packets, ...this.#encode(pcm)];
  }

  close(): void {
    this.#decoder.close();
    this.#encoder.close();
    this.#resampler?.close();
  }

  /** What waits is filled up with silence, and the next sound stands anew. */
  #moveTo(position: number): OpusPacket[] {
    const rest = this.#waitingSamples === 0 ? [] : this.#encode(this.#silence());
    this.#position = Math.max(position, this.#position ?? position);
    this.#begins = true;
    return rest;
  }

  #silence(): Pcm {
    const frames = OPUS_FRAME_SAMPLES - this.#waitingSamples;
    return { planes: this.#waiting.map(() => new Float32Array(frames)), frames };
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

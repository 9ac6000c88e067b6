import { AacDecoder } from '../codec/aac-decoder.ts';
import { inChannels } from '../codec/pcm.ts';
import { Resampler } from '../codec/resampler.ts';
import type { AacFormat } from './aac-format.ts';
import { type PlacedSound, positionOf, SOUND_RATE_HZ } from './placed-media.ts';

/**
 * How far samples may be from their timestamps: those are rounded, and some encoders' shake. What adds up to more, as clocks
 * drift or sound is left out, is put right at once. Well below what is seen as lips out of step.
 */
const TOLERANCE_SAMPLES = positionOf(25);

/** Makes AAC into sound of 48 kHz. Samples are counted, so that sound has no gaps where timestamps are only inexact. */
export class SoundReader {
  readonly #channels: 1 | 2;
  readonly #decoder: AacDecoder;
  readonly #resampler: Resampler | undefined;
  /** Where the next sample stands; undefined before any sound. */
  #next: number | undefined;

  /**
   * @param next where the one before it has ended, if there was one
   * @throws {CodecFailure}
   */
  constructor(audioSpecificConfig: Buffer, { sampleRateHz, channels }: AacFormat, next?: number) {
    this.#channels = channels;
    this.#next = next;
    this.#decoder = new AacDecoder(audioSpecificConfig);
    this.#resampler =
      sampleRateHz === SOUND_RATE_HZ
        ? undefined
        : new Resampler({ fromHz: sampleRateHz, toHz: SOUND_RATE_HZ, channels });
  }

  /** Where what it has read ends; undefined before any sound. */
  get end(): number | undefined {
    return this.#next;
  }

  /**
   * @param frame AAC
   * @param mediaMs when it is heard
   * @returns undefined where there is nothing to hear, or it is of a time that is filled already
   * @throws {CodecFailure} for what cannot be decoded; what comes next may be
   */
  read(frame: Buffer, mediaMs: number): PlacedSound | undefined {
    const decoded = this.#decoder.decode(frame);
    if (decoded.frames === 0) return undefined;
    // Decoders believe frames rather than the configuration, which some encoders get wrong.
    const told = inChannels(decoded, this.#channels);
    const pcm = this.#resampler?.resample(told) ?? told;
    const position = positionOf(mediaMs);
    const deviation = position - (this.#next ?? position);
    // Once sound is left out, the next one may stand where it belongs.
    if (deviation < -TOLERANCE_SAMPLES) return undefined;
    const placed = deviation > TOLERANCE_SAMPLES ? position : (this.#next ?? position);
    this.#next = placed + pcm.frames;
    return { pcm, position: placed };
  }

  close(): void {
    this.#decoder.close();
    this.#resampler?.close();
  }
}

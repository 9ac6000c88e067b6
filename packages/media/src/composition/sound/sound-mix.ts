import { AAC_FRAME_SAMPLES } from '../../codec/aac-encoder.ts';
import { Limiter } from './limiter.ts';
import type { ParticipantSound } from './participant-sound.ts';
import type { StereoPlanes } from './sound-reader.ts';

/** What is mixed of a participant. */
export type MixedSound = Pick<ParticipantSound, 'mixInto' | 'mixLastInto'>;

/**
 * The sum of sounds, a frame of AAC at a time. One voice is as loud as it came; many are kept from being louder than can be
 * written. It comes out later than it goes in by what the limiter looks ahead.
 */
export class SoundMix {
  readonly #limiter = new Limiter();
  readonly #planes: StereoPlanes = [new Float32Array(AAC_FRAME_SAMPLES), new Float32Array(AAC_FRAME_SAMPLES)];
  /** Who was heard in the last frame. */
  #heard = new Set<MixedSound>();

  /**
   * @param timeMs when the first sample of what goes in was captured
   * @param sources whoever is missing that was heard fades out
   * @returns 1,024 samples of each channel, valid until the next call
   */
  next(timeMs: number, sources: Iterable<MixedSound>): StereoPlanes {
    for (const plane of this.#planes) plane.fill(0);
    const before = this.#heard;
    this.#heard = new Set();
    for (const source of sources) {
      before.delete(source);
      if (source.mixInto(this.#planes, timeMs)) this.#heard.add(source);
    }
    for (const source of before) source.mixLastInto(this.#planes);
    this.#limiter.process(this.#planes);
    return this.#planes;
  }

  /** A frame in which everything fades out at once, even what is not known any more; otherwise as {@link next}. */
  silent(): StereoPlanes {
    for (const source of this.#heard) source.mixLastInto(this.#planes);
    this.#heard.clear();
    for (const plane of this.#planes) plane.fill(0);
    this.#limiter.fadeOut();
    this.#limiter.process(this.#planes);
    return this.#planes;
  }
}

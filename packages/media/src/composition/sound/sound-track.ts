import { AAC_FRAME_SAMPLES, AacEncoder } from '../../codec/aac-encoder.ts';
import type { EncodedSound } from '../output/output.ts';
import { LOOK_AHEAD_SAMPLES } from './limiter.ts';
import { type MixedSound, SoundMix } from './sound-mix.ts';

export interface SoundTrackOptions {
  /** When the composition began, on the clock of the times that {@link SoundTrack.advance} is given. */
  readonly beginMs: number;
  /** How long after its capture a sound is heard. May change at any time; the sound follows. */
  delayMs(): number;
  /** Whoever may be heard now. One who is missing is faded out, and may have been closed. */
  sources(): Iterable<MixedSound>;
  /** @default 128000 */
  readonly bitrateBps?: number;
  onSound(sound: EncodedSound): void;
}

const SAMPLES_PER_MS = 48;
const DEFAULT_BITRATE_BPS = 128_000;
/** A second: what is later is left out. */
const MAXIMUM_LATE_FRAMES = 47;
/** So many are encoded in one go, some 50 ms of work: after a long sleep, the silence of it comes little by little. */
const MAXIMUM_FRAMES_AT_ONCE = 48;

/** The sound of a composition: what all participants say, mixed and encoded, without gaps from the beginning on. */
export class SoundTrack {
  readonly #options: SoundTrackOptions;
  readonly #encoder: AacEncoder;
  readonly #mix = new SoundMix();
  /** Frames that were mixed. */
  #frames = 0;
  /** Frames before this one are silent: it was too late for them. */
  #silentUntil = 0;
  #closed = false;

  /** @throws {CodecFailure} */
  constructor(options: SoundTrackOptions) {
    this.#options = options;
    this.#encoder = new AacEncoder({ channels: 2, bitrateBps: options.bitrateBps ?? DEFAULT_BITRATE_BPS });
  }

  /** ISO/IEC 14496-3 §1.6.2.1 */
  get audioSpecificConfig(): Buffer {
    return this.#encoder.audioSpecificConfig;
  }

  /**
   * Encodes what is due: whatever is heard until now. To be called about every 10 ms, after the packets that have come were
   * pushed.
   *
   * @throws {CodecFailure}
   */
  advance(nowMs: number): void {
    if (this.#closed) return;
    const dueSamples = (nowMs - this.#options.beginMs) * SAMPLES_PER_MS - LOOK_AHEAD_SAMPLES;
    const due = Math.floor(dueSamples / AAC_FRAME_SAMPLES);
    if (due - this.#frames > MAXIMUM_LATE_FRAMES) this.#silentUntil = due;
    const until = Math.min(due, this.#frames + MAXIMUM_FRAMES_AT_ONCE);
    while (this.#frames < until) this.#encodeNext();
  }

  close(): void {
    this.#closed = true;
    this.#encoder.close();
  }

  #encodeNext(): void {
    const options = this.#options;
    const shownMs = options.beginMs + (this.#frames * AAC_FRAME_SAMPLES + LOOK_AHEAD_SAMPLES) / SAMPLES_PER_MS;
    const isTooLate = this.#frames < this.#silentUntil;
    const planes = isTooLate ? this.#mix.silent() : this.#mix.next(shownMs - options.delayMs(), options.sources());
    this.#frames += 1;
    for (const { data, position } of this.#encoder.encode({ planes, frames: AAC_FRAME_SAMPLES }))
      options.onSound({ timeMs: position / SAMPLES_PER_MS, data });
  }
}

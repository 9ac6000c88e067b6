import { AAC_FRAME_SAMPLES } from '../../codec/aac-encoder.ts';
import { AUDIO_TIMESCALE, type Track } from '../../hls/track.ts';
import type { EncodedSound } from './output.ts';

/** Times that are off by less go on from each other: they are milliseconds, which were rounded. */
const ROUNDED_OFF_SAMPLES = AUDIO_TIMESCALE / 1_000;
/** Half a minute, of which nobody shows a picture. */
const MAXIMUM_FRAMES = 1_500;

/** Frames of AAC that wait for their segment. Positions are samples since the composition began. */
export class SoundQueue {
  readonly #frames: { readonly position: number; readonly data: Buffer }[] = [];
  #coveredUntil = -Infinity;

  /** Nothing more comes before it. */
  get coveredUntil(): number {
    return this.#coveredUntil;
  }

  /** What comes twice is left out. */
  add({ timeMs, data }: EncodedSound): void {
    const told = Math.round((timeMs * AUDIO_TIMESCALE) / 1_000);
    const goesOn = Math.abs(told - this.#coveredUntil) <= ROUNDED_OFF_SAMPLES;
    const position = goesOn ? this.#coveredUntil : told;
    if (position < this.#coveredUntil) return;
    this.#frames.push({ position, data });
    this.#coveredUntil = position + AAC_FRAME_SAMPLES;
    if (this.#frames.length > MAXIMUM_FRAMES) this.#frames.shift();
  }

  /** The frames that begin between two positions; those before them are left out. Where there is a hole, the one before it lasts. */
  take(from: number, until: number): Track | undefined {
    const count = this.#frames.findIndex(({ position }) => position >= until);
    const frames = this.#frames.splice(0, count === -1 ? this.#frames.length : count);
    const kept = frames.filter(({ position }) => position >= from);
    const [first] = kept;
    if (!first) return undefined;
    return {
      baseTime: first.position,
      samples: kept.map(({ position, data }, index) => {
        const next = kept[index + 1]?.position ?? position + AAC_FRAME_SAMPLES;
        return { data, keyFrame: true, duration: next - position };
      }),
    };
  }
}

import { inChannels } from '../../codec/pcm.ts';
import { type PlacedSound, positionOf } from '../placed-media.ts';

const KEPT_SAMPLES = positionOf(2_000);

/** The last two seconds of one encoder's sound. */
export class SoundHistory {
  /** Oldest first. */
  #pieces: PlacedSound[] = [];

  /** Where it ends. */
  get end(): number {
    const last = this.#pieces.at(-1);
    return last ? endOf(last) : -Infinity;
  }

  add(sound: PlacedSound): void {
    this.#pieces.push(sound);
    const oldest = endOf(sound) - KEPT_SAMPLES;
    this.#pieces = this.#pieces.filter((piece) => endOf(piece) > oldest);
  }

  /** All that is heard after this position, what lies across it whole. */
  since(position: number): readonly PlacedSound[] {
    return this.#pieces.filter((piece) => endOf(piece) > position);
  }

  /** In one channel; undefined where a part is missing. */
  read(from: number, to: number): Float32Array | undefined {
    const samples = new Float32Array(to - from);
    let filledTo = from;
    for (const piece of this.since(from)) {
      if (piece.position > filledTo || filledTo >= to) break;
      const [mono = new Float32Array()] = inChannels(piece.pcm, 1).planes;
      const part = mono.subarray(filledTo - piece.position, to - piece.position);
      samples.set(part, filledTo - from);
      filledTo += part.length;
    }
    return filledTo === to ? samples : undefined;
  }
}

function endOf({ pcm, position }: PlacedSound): number {
  return position + pcm.frames;
}

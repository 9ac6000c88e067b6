import type { Pcm } from '../../codec/pcm.ts';

/** What was written without a break. Positions are samples on the sender's own grid. */
interface Run {
  from: number;
  /** Exclusive. */
  until: number;
}

/**
 * 2.7 seconds: the longest delay of a presentation, a reader that is a second late, and what a clock that runs ahead puts in
 * front of it.
 */
const RING_SAMPLES = 131_072;
const MASK = RING_SAMPLES - 1;
/** An interpolation looks so far beyond the end of what it reads. */
const GUARD_SAMPLES = 2;
/** Pieces between which sound is missing. */
const MAXIMUM_RUNS = 64;

/** The newest sound of one sender in stereo, and where there is none. What is older than fits is forgotten. */
export class SoundRing {
  readonly left = new Float32Array(RING_SAMPLES);
  readonly right = new Float32Array(RING_SAMPLES);
  /** The oldest first; they do not overlap. */
  readonly #runs: Run[] = [];
  #audibleUntil = -Infinity;

  /** Where the newest sound ends; -Infinity before there is any. */
  get end(): number {
    return this.#runs.at(-1)?.until ?? -Infinity;
  }

  /** From here on nothing can be heard, whatever was written. */
  get audibleUntil(): number {
    return this.#audibleUntil;
  }

  /** Index of a position in the planes; of those after it, with {@link wrap}. */
  indexOf(position: number): number {
    return ((position % RING_SAMPLES) + RING_SAMPLES) % RING_SAMPLES;
  }

  /** The run that holds a position, or else the next one after it. */
  runFrom(position: number): Readonly<Run> | undefined {
    return this.#runs.find(({ until }) => until > position);
  }

  /**
   * Begins a run: what comes before it does not go on in it.
   *
   * @param position a whole number, not before the end
   * @throws {RangeError}
   */
  begin(position: number, pcm: Pcm, audible: boolean): void {
    if (!Number.isSafeInteger(position) || position < this.end) {
      throw new RangeError(`Sound cannot be written at ${position} where there is some until ${this.end}`);
    }
    this.#runs.push({ from: position, until: position });
    if (this.#runs.length > MAXIMUM_RUNS) this.#runs.shift();
    this.append(pcm, audible);
  }

  /** Goes on with the newest run. */
  append({ planes, frames }: Pcm, audible: boolean): void {
    const run = this.#runs.at(-1);
    if (!run) throw new RangeError('There is no sound to go on with');
    this.#write(this.left, run.until, planes[0]);
    this.#write(this.right, run.until, planes[1]);
    run.until += frames;
    if (audible) this.#audibleUntil = run.until;
    this.#forgetBefore(run.until + GUARD_SAMPLES - RING_SAMPLES);
  }

  #write(plane: Float32Array, position: number, samples: Float32Array = new Float32Array()): void {
    const index = this.indexOf(position);
    const first = Math.min(samples.length, RING_SAMPLES - index);
    plane.set(samples.subarray(0, first), index);
    plane.set(samples.subarray(first), 0);
    for (let guard = 0; guard < GUARD_SAMPLES; guard += 1) plane[wrap(index + samples.length + guard)] = 0;
  }

  #forgetBefore(position: number): void {
    while ((this.#runs[0]?.until ?? Infinity) <= position) this.#runs.shift();
    const [oldest] = this.#runs;
    if (oldest) oldest.from = Math.max(oldest.from, position);
  }
}

/** @param index from -1 to that of the last sample and as many again */
export function wrap(index: number): number {
  return index & MASK;
}

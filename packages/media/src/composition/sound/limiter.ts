import { eased, type StereoPlanes } from './sound-reader.ts';

const CHUNK_SAMPLES = 16;
const LOOK_AHEAD_CHUNKS = 15;
/** What comes out is so much later than what went in: 5 ms. */
export const LOOK_AHEAD_SAMPLES = LOOK_AHEAD_CHUNKS * CHUNK_SAMPLES;
/** -3 dBFS: what is softer stays as it is. */
const KNEE = 10 ** (-3 / 20);
/** -1 dBFS: nothing is louder. The rest is room for what encoding adds. */
export const CEILING = 10 ** (-1 / 20);
/** With each chunk, the loudness comes back by this part of what is missing: by most of it in 100 ms. */
const RELEASE = 1 - Math.exp(-CHUNK_SAMPLES / 4_800);
/** Nobody hears the rest. */
const RELEASED = 0.9999;

/**
 * Keeps the sum of many voices below the ceiling. It turns down before the peak comes, and slowly up again; both channels
 * alike, so that nothing moves from one side to the other.
 *
 * The gain of a chunk is the average of as many minima as it looks ahead, each of which has seen the chunk: none is larger
 * than what the chunk bears.
 */
export class Limiter {
  readonly #delayed: StereoPlanes = [new Float32Array(LOOK_AHEAD_SAMPLES), new Float32Array(LOOK_AHEAD_SAMPLES)];
  /** Where in the delayed samples the oldest chunk is. */
  #oldest = 0;
  /** What the chunks that are looked at bear, in no order. */
  readonly #borne = new Float64Array(LOOK_AHEAD_CHUNKS + 1).fill(1);
  /** The newest minima, in no order. */
  readonly #minima = new Float64Array(LOOK_AHEAD_CHUNKS).fill(1);
  #chunks = 0;
  #minimum = 1;
  #gain = 1;

  /** In place; a whole number of chunks of 16 samples. */
  process(mix: StereoPlanes): void {
    for (let at = 0; at < mix[0].length; at += CHUNK_SAMPLES) {
      const before = this.#gain;
      this.#gain = this.#gainAfter(peakOf(mix, at));
      for (const channel of [0, 1] as const) this.#exchange(this.#delayed[channel], mix[channel], at, before);
      this.#oldest = (this.#oldest + CHUNK_SAMPLES) % LOOK_AHEAD_SAMPLES;
    }
  }

  /** What went in and has not come out fades out, so that silence may follow. */
  fadeOut(): void {
    for (let sample = 0; sample < LOOK_AHEAD_SAMPLES; sample += 1) {
      const left = 1 - (sample + 1) / LOOK_AHEAD_SAMPLES;
      const index = (this.#oldest + sample) % LOOK_AHEAD_SAMPLES;
      for (const delayed of this.#delayed) delayed[index] = (delayed[index] as number) * eased(left);
    }
  }

  /** At the end of the chunk that comes out as one with this peak goes in. */
  #gainAfter(peak: number): number {
    this.#borne[this.#chunks % this.#borne.length] = peak <= KNEE ? 1 : curve(peak) / peak;
    let minimum = this.#minimum + (1 - this.#minimum) * RELEASE;
    if (minimum > RELEASED) minimum = 1;
    for (const borne of this.#borne) if (borne < minimum) minimum = borne;
    this.#minimum = minimum;
    this.#minima[this.#chunks % this.#minima.length] = minimum;
    this.#chunks += 1;
    let sum = 0;
    for (const each of this.#minima) sum += each;
    return sum / this.#minima.length;
  }

  #exchange(delayed: Float32Array, plane: Float32Array, at: number, gainBefore: number): void {
    const rise = (this.#gain - gainBefore) / CHUNK_SAMPLES;
    for (let sample = 0; sample < CHUNK_SAMPLES; sample += 1) {
      const out = delayed[this.#oldest + sample] as number;
      delayed[this.#oldest + sample] = plane[at + sample] as number;
      plane[at + sample] = out * (gainBefore + rise * (sample + 1));
    }
  }
}

/** How loud what is so loud becomes: at first as it is, then ever closer to the ceiling. */
function curve(peak: number): number {
  const room = CEILING - KNEE;
  return KNEE + room * (1 - Math.exp((KNEE - peak) / room));
}

function peakOf([left, right]: StereoPlanes, at: number): number {
  let peak = 0;
  for (let sample = at; sample < at + CHUNK_SAMPLES; sample += 1) {
    peak = Math.max(peak, Math.abs(left[sample] as number), Math.abs(right[sample] as number));
  }
  return peak;
}

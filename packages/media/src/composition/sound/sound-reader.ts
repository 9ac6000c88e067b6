import { type SoundRing, wrap } from './sound-ring.ts';

/** Left and right, as long as each other. */
export type StereoPlanes = readonly [left: Float32Array, right: Float32Array];

/** 5 ms: shorter ones are heard as clicks. */
export const FADE_SAMPLES = 240;
/** 2 ms: what is off by less stays so, and is copied as it is. */
const TOLERATED_SAMPLES = 96;
/** 100 ms: what is off by more is put right at once, between two fades. Stretching would take longer than lips bear. */
const MAXIMUM_OFF_SAMPLES = 4_800;
/** Nobody hears that sound is faster or slower by so little. */
const MAXIMUM_STRETCH = 0.02;
/** What part of what it is off is put right with each read: the last of it comes gently. */
const STRETCH_SHARE = 1 / 8;

/**
 * Reads a ring at times that its sender's clock and a changing delay ask for. It goes there by stretching, fades in where sound
 * begins and out where it ends, and skips what is silent.
 */
export class SoundReader {
  /** What is read next, a whole number; undefined at rest: nothing is heard. */
  #position: number | undefined;
  /** Of the sample before; 0 at rest. */
  #gain = 0;
  #stretching = false;

  /**
   * Adds the next sound to what is in the planes.
   *
   * @param target position in the ring at which it should begin, a whole number
   * @returns whether anything was added
   */
  mixInto(mix: StereoPlanes, ring: SoundRing, target: number): boolean {
    const samples = mix[0].length;
    // Where it is silent there is nothing to be torn apart.
    if ((this.#position ?? 0) >= ring.audibleUntil) this.#rest();
    let heard = false;
    for (let at = 0; at < samples; ) {
      if (this.#position === undefined) {
        const begin = beginOfSound(ring, target + at);
        if (begin >= target + samples) break;
        at = begin - target;
        this.#position = begin;
      }
      const filled = this.#read(mix, at, ring, target + at - this.#position);
      at += filled;
      heard ||= filled > 0;
    }
    return heard;
  }

  /** As {@link mixInto}, but it ends at once: only its fading out is added. */
  mixLastInto(mix: StereoPlanes, ring: SoundRing): boolean {
    if (this.#position === undefined) return false;
    this.#render(mix, 0, ring, { until: this.#position + this.#fadeOutSamples, stretch: 0 });
    this.#rest();
    return true;
  }

  #rest(): void {
    this.#position = undefined;
    this.#gain = 0;
    this.#stretching = false;
  }

  get #fadeOutSamples(): number {
    return Math.ceil(this.#gain * FADE_SAMPLES);
  }

  /**
   * Up to the end of the planes, or of the run.
   *
   * @param off how many samples further on it should be
   * @returns how many samples of the planes it filled
   */
  #read(mix: StereoPlanes, at: number, ring: SoundRing, off: number): number {
    if (Math.abs(off) <= MAXIMUM_OFF_SAMPLES) {
      const stretch = this.#stretchFor(off, mix[0].length - at);
      return this.#render(mix, at, ring, { until: Infinity, stretch });
    }
    const filled = this.#render(mix, at, ring, { until: (this.#position ?? 0) + this.#fadeOutSamples, stretch: 0 });
    this.#rest();
    return filled;
  }

  /** How many samples more than it fills should be read. */
  #stretchFor(off: number, samples: number): number {
    if (Math.abs(off) > TOLERATED_SAMPLES) this.#stretching = true;
    const most = Math.floor(samples * MAXIMUM_STRETCH);
    const stretch = this.#stretching ? Math.max(-most, Math.min(most, Math.round(off * STRETCH_SHARE))) : 0;
    if (stretch === 0 && most > 0) this.#stretching = false;
    return stretch;
  }

  #render(
    mix: StereoPlanes,
    at: number,
    ring: SoundRing,
    { until, stretch }: { until: number; stretch: number },
  ): number {
    const position = this.#position ?? 0;
    const run = ring.runFrom(position);
    // What was there before has been overwritten.
    if (!run || run.from > position) {
      this.#rest();
      return 0;
    }
    const samples = mix[0].length - at;
    const step = (samples + stretch) / samples;
    const left = Math.min(until, run.until) - position;
    const count = Math.min(samples, Math.ceil(left / step));
    const risen = Math.min(count, Math.ceil((1 - this.#gain) * FADE_SAMPLES));
    const falling = Math.min(count, Math.max(risen, Math.ceil((left - FADE_SAMPLES) / step)));
    const piece = { mix, at, ring, index: ring.indexOf(position), step };
    this.#gain = addFading(piece, 0, risen, this.#gain, left);
    if (stretch === 0) addPlain(piece, risen, falling);
    else addStretched(piece, risen, falling);
    this.#gain = addFading(piece, falling, count, this.#gain, left);
    if (count < samples) this.#rest();
    else this.#position = position + samples + stretch;
    return count;
  }
}

/** The first position from one on at which there is sound; Infinity if there is none. */
function beginOfSound(ring: SoundRing, position: number): number {
  const begin = Math.max(position, ring.runFrom(position)?.from ?? Infinity);
  return begin < ring.audibleUntil ? begin : Infinity;
}

/** What is added to a mix: from `at` on, of the ring from `index` on, `step` samples for each one. */
interface Piece {
  readonly mix: StereoPlanes;
  readonly at: number;
  readonly ring: SoundRing;
  readonly index: number;
  readonly step: number;
}

function addPlain({ mix: [left, right], at, ring, index }: Piece, from: number, until: number): void {
  for (let sample = from; sample < until; sample += 1) {
    const source = wrap(index + sample);
    left[at + sample] = (left[at + sample] as number) + (ring.left[source] as number);
    right[at + sample] = (right[at + sample] as number) + (ring.right[source] as number);
  }
}

function addStretched({ mix: [left, right], at, ring, index, step }: Piece, from: number, until: number): void {
  for (let sample = from; sample < until; sample += 1) {
    const offset = sample * step;
    left[at + sample] = (left[at + sample] as number) + interpolate(ring.left, index, offset);
    right[at + sample] = (right[at + sample] as number) + interpolate(ring.right, index, offset);
  }
}

/**
 * Louder by a little with each sample, unless the end is near: then softer, to silence at the end.
 *
 * @param left samples of the ring from `index` to the end
 * @returns the last sample's gain, before it is eased
 */
function addFading(piece: Piece, from: number, until: number, gain: number, left: number): number {
  const { mix, at, ring, index, step } = piece;
  let now = gain;
  for (let sample = from; sample < until; sample += 1) {
    const offset = sample * step;
    now = Math.min(1, now + 1 / FADE_SAMPLES, (left - offset) / FADE_SAMPLES);
    const factor = eased(now);
    mix[0][at + sample] = (mix[0][at + sample] as number) + factor * interpolate(ring.left, index, offset);
    mix[1][at + sample] = (mix[1][at + sample] as number) + factor * interpolate(ring.right, index, offset);
  }
  return now;
}

/** From 0 to 1 as what is given, but without corners at the beginning and the end of a fade. */
export function eased(gain: number): number {
  return gain * gain * (3 - 2 * gain);
}

/** Between samples, by the cubic curve through the two on either side (Catmull and Rom's). */
function interpolate(plane: Float32Array, index: number, offset: number): number {
  const whole = Math.floor(offset);
  const part = offset - whole;
  const one = plane[wrap(index + whole)] as number;
  if (part === 0) return one;
  const zero = plane[wrap(index + whole - 1)] as number;
  const two = plane[wrap(index + whole + 1)] as number;
  const three = plane[wrap(index + whole + 2)] as number;
  const slope = two - zero;
  const bend = 2 * zero - 5 * one + 4 * two - three;
  const twist = 3 * (one - two) + three - zero;
  return one + 0.5 * part * (slope + part * (bend + part * twist));
}

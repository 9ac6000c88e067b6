import { inChannels, joinSound, type Pcm } from '../../codec/pcm.ts';
import { type PlacedSound, partOf, positionOf } from '../placed-media.ts';
import { findSameSound } from './same-sound.ts';
import type { SoundHistory } from './sound-history.ts';

/** Held back, so that what comes next can fade in over it. */
const FADE_SAMPLES = positionOf(10);
/** By how much two encoders' sound may be apart although they tell the same time: what their codecs delay it by. */
const MAXIMUM_LAG_SAMPLES = positionOf(25);
/** By which it is found again. */
const RECOGNIZED_SAMPLES = positionOf(20);

/** Where the sound comes from. */
interface SoundSource {
  readonly history: SoundHistory;
  /** From its positions to those of the programme. */
  readonly shift: number;
}

/** Makes one sound of those of several encoders, of whom one is heard at a time. Nothing in it begins or ends at once. */
export class SoundSwitch {
  readonly #write: (sound: PlacedSound) => void;
  #source: SoundSource | undefined;
  /** Whether the source is a new one, which is to fade in over what is held. */
  #joining = false;
  #held: Pcm | undefined;
  /** Where what is held begins, and what was written ends. */
  #position = -Infinity;
  /** Up to where the present source has come. */
  #filledTo = 0;
  /** What was written last, in one channel. */
  #tail = new Float32Array(0);

  /** @param write takes sound without gaps but where there is none */
  constructor(write: (sound: PlacedSound) => void) {
    this.#write = write;
  }

  /** Goes on with another encoder's sound, as soon as enough of it is there. */
  switchTo(history: SoundHistory, shift: number): void {
    this.#source = { history, shift };
    this.#joining = true;
    this.take();
  }

  /** To be called when more has come of the present encoder, and is in its history. */
  take(): void {
    const source = this.#source;
    if (!source) return;
    if (this.#joining && !this.#join(source)) return;
    const { history, shift } = this.#source ?? source;
    const from = (this.#held ? this.#filledTo : this.#position) - shift;
    for (const { pcm, position } of history.since(from)) this.#accept({ pcm, position: position + shift });
  }

  /** Lets the sound end. */
  end(): void {
    this.#source = undefined;
    this.#fadeOut();
  }

  /** @returns whether enough is there */
  #join(source: SoundSource): boolean {
    const held = this.#held;
    if (held) {
      const end = this.#position + held.frames;
      if (source.history.end + source.shift < end + MAXIMUM_LAG_SAMPLES) return false;
      this.#source = { ...source, shift: source.shift + this.#lagOf(source, held) };
      this.#filledTo = this.#position;
    }
    this.#joining = false;
    return true;
  }

  /** By how much it is to be moved so that it goes on with the very sound that was heard last. */
  #lagOf({ history, shift }: SoundSource, held: Pcm): number {
    const [mono = new Float32Array(0)] = inChannels(held, 1).planes;
    const sound = lastOf([this.#tail, mono], RECOGNIZED_SAMPLES);
    const end = this.#position + held.frames - shift;
    const from = end - sound.length - MAXIMUM_LAG_SAMPLES;
    const searched = history.read(from, end + MAXIMUM_LAG_SAMPLES);
    const place = searched && findSameSound(sound, searched);
    return place === undefined ? 0 : MAXIMUM_LAG_SAMPLES - place;
  }

  #accept(sound: PlacedSound): void {
    const held = this.#held;
    if (held && sound.position <= this.#filledTo) {
      this.#continue(held, sound);
      return;
    }
    this.#fadeOut();
    const early = this.#position - sound.position;
    this.#begin(early > 0 ? { pcm: partOf(sound.pcm, early), position: this.#position } : sound);
  }

  #continue(held: Pcm, { pcm, position }: PlacedSound): void {
    const more = inChannels(partOf(pcm, this.#filledTo - position), held.planes.length === 1 ? 1 : 2);
    const done = this.#filledTo - this.#position;
    const mixed = Math.min(held.frames - done, more.frames);
    fadeOver(held, partOf(more, 0, mixed), done);
    this.#filledTo += more.frames;
    this.#hold(joinSound([held, partOf(more, mixed)]));
  }

  #begin({ pcm, position }: PlacedSound): void {
    const faded = copyOf(pcm);
    ramp(faded, 0, Math.min(FADE_SAMPLES, pcm.frames), (part) => part);
    this.#tail = new Float32Array(0);
    this.#position = position;
    this.#filledTo = position + pcm.frames;
    this.#hold(faded);
  }

  /** Writes all but what is held back; nothing while a fade is not complete. */
  #hold(pcm: Pcm): void {
    const isFading = this.#filledTo < this.#position + pcm.frames;
    const count = isFading ? 0 : Math.max(0, pcm.frames - FADE_SAMPLES);
    if (count > 0) this.#pass(partOf(pcm, 0, count));
    this.#held = copyOf(partOf(pcm, count));
  }

  #pass(pcm: Pcm): void {
    const [mono = new Float32Array(0)] = inChannels(pcm, 1).planes;
    this.#tail = lastOf([this.#tail, mono], RECOGNIZED_SAMPLES);
    const position = this.#position;
    this.#position += pcm.frames;
    this.#write({ pcm, position });
  }

  /** What is held ends softly; of a fade that is not complete, what is left of the earlier sound. */
  #fadeOut(): void {
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    const filled = this.#filledTo - this.#position;
    ramp(held, filled < held.frames ? filled : 0, held.frames, (part) => 1 - part);
    this.#pass(held);
  }
}

function lastOf([earlier, later]: readonly [Float32Array, Float32Array], count: number): Float32Array<ArrayBuffer> {
  const all = new Float32Array(earlier.length + later.length);
  all.set(earlier);
  all.set(later, earlier.length);
  return all.slice(-count);
}

function copyOf({ planes, frames }: Pcm): Pcm {
  return { planes: planes.map((plane) => plane.slice()), frames };
}

/** @param done samples of the fade that are over */
function fadeOver(earlier: Pcm, later: Pcm, done: number): void {
  for (const [channel, plane] of earlier.planes.entries()) {
    for (let index = 0; index < later.frames; index += 1) {
      const gain = Math.min((done + index + 0.5) / FADE_SAMPLES, 1);
      const [one = 0, other = 0] = [plane[done + index], later.planes[channel]?.[index]];
      plane[done + index] = one + gain * (other - one);
    }
  }
}

function ramp({ planes }: Pcm, from: number, to: number, gain: (part: number) => number): void {
  for (const plane of planes) {
    for (let index = from; index < to; index += 1) {
      plane[index] = (plane[index] ?? 0) * gain((index - from + 0.5) / (to - from));
    }
  }
}

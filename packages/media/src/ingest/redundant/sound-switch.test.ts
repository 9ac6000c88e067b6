import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PlacedSound, positionOf } from '../placed-media.ts';
import { SoundHistory } from './sound-history.ts';
import { SoundSwitch } from './sound-switch.ts';

const FRAME_SAMPLES = 1_024;
/** Of a tone of 440 Hz whose loudest sample is 0.5: what lies between two samples, at most. */
const LARGEST_STEP = 0.5 * 2 * Math.PI * (440 / 48_000);

type Wave = (position: number) => number;

const tone: Wave = (position) => 0.5 * Math.sin((2 * Math.PI * 440 * position) / 48_000);

/** Does not repeat itself soon. */
const chord: Wave = (position) =>
  [211, 337.7, 523.3, 1_201].reduce((sum, hertz) => sum + 0.1 * Math.sin((2 * Math.PI * hertz * position) / 48_000), 0);

/** An encoder's sound, frame by frame, by its own positions. */
class Source {
  readonly history = new SoundHistory();
  readonly #wave: Wave;
  #position: number;

  constructor(wave: Wave, position = 0) {
    this.#wave = wave;
    this.#position = position;
  }

  next(frames = 1): void {
    for (let count = 0; count < frames; count += 1) {
      const plane = Float32Array.from({ length: FRAME_SAMPLES }, (_, index) => this.#wave(this.#position + index));
      this.history.add({ pcm: { planes: [plane], frames: FRAME_SAMPLES }, position: this.#position });
      this.#position += FRAME_SAMPLES;
    }
  }

  skip(samples: number): void {
    this.#position += samples;
  }
}

function open() {
  const written: PlacedSound[] = [];
  const sound = new SoundSwitch(({ pcm, position }) => {
    written.push({ pcm: { ...pcm, planes: pcm.planes.map((plane) => plane.slice()) }, position });
  });
  return { sound, written };
}

/** All that was written, with silence in gaps. @throws where something was written twice */
function heard(written: readonly PlacedSound[]): Float32Array {
  const end = Math.max(...written.map(({ pcm, position }) => position + pcm.frames));
  const all = new Float32Array(end);
  let filledTo = 0;
  for (const { pcm, position } of written) {
    assert.ok(position >= filledTo, 'no sound is written twice');
    all.set(pcm.planes[0] ?? [], position);
    filledTo = position + pcm.frames;
  }
  return all;
}

function largestStep(samples: Float32Array): number {
  let largest = 0;
  for (let index = 1; index < samples.length; index += 1) {
    largest = Math.max(largest, Math.abs((samples[index] ?? 0) - (samples[index - 1] ?? 0)));
  }
  return largest;
}

describe('the sound of two encoders', () => {
  it('goes on from one to the other as if there were one, where both send the same', () => {
    const { sound, written } = open();
    const [one, other] = [new Source(tone), new Source(tone)];
    sound.switchTo(one.history, 0);
    for (let turn = 0; turn < 10; turn += 1) {
      one.next();
      other.next();
      sound.take();
    }
    sound.switchTo(other.history, 0);
    for (let turn = 0; turn < 10; turn += 1) {
      other.next();
      sound.take();
    }
    const samples = heard(written);
    assert.ok(samples.length > 19 * FRAME_SAMPLES);
    const wrong = samples
      .subarray(positionOf(10))
      .findIndex((sample, index) => Math.abs(sample - tone(index + positionOf(10))) > 1e-3);
    assert.equal(wrong, -1);
  });

  for (const lag of [-1_000, -37, 500]) {
    it(`goes on without a step where one comes ${lag} samples later than it says`, () => {
      const { sound, written } = open();
      const [one, other] = [new Source(chord), new Source((position) => chord(position - lag))];
      for (const source of [one, other]) source.next(10);
      sound.switchTo(one.history, 0);
      sound.switchTo(other.history, 0);
      other.next(5);
      sound.take();
      const samples = heard(written);
      assert.ok(samples.length > 12 * FRAME_SAMPLES);
      const first = positionOf(10);
      const wrong = samples
        .subarray(first)
        .findIndex((sample, index) => Math.abs(sample - chord(first + index)) > 0.01);
      assert.equal(wrong, -1);
    });
  }

  it('goes over softly into other sound', () => {
    const { sound, written } = open();
    const [one, other] = [new Source(tone), new Source((position) => -tone(position + 50))];
    for (const source of [one, other]) source.next(10);
    sound.switchTo(one.history, 0);
    sound.switchTo(other.history, 0);
    other.next(5);
    sound.take();
    assert.ok(largestStep(heard(written)) < 1.2 * LARGEST_STEP);
  });

  it('waits for one who is later, and loses nothing', () => {
    const { sound, written } = open();
    const [one, other] = [new Source(tone), new Source(tone)];
    one.next(20);
    other.next(5);
    sound.switchTo(one.history, 0);
    sound.switchTo(other.history, 0);
    const before = written.length;
    other.next(15);
    sound.take();
    assert.equal(written.length, before, 'it has not come so far');
    other.next(5);
    sound.take();
    const samples = heard(written);
    const wrong = samples.subarray(480).findIndex((sample, index) => Math.abs(sample - tone(index + 480)) > 1e-3);
    assert.equal(wrong, -1);
  });

  it('takes one whose clock is another by that one’s shift', () => {
    const { sound, written } = open();
    const shift = 1_234_567;
    const [one, other] = [new Source(tone, shift), new Source((position) => tone(position + shift))];
    for (const source of [one, other]) source.next(10);
    sound.switchTo(one.history, 0);
    sound.switchTo(other.history, shift);
    other.next(5);
    sound.take();
    const [first] = written;
    const last = written.at(-1);
    assert.equal(first?.position, shift);
    assert.equal((last?.position ?? 0) + (last?.pcm.frames ?? 0), shift + 15 * FRAME_SAMPLES - positionOf(10));
  });

  it('fades out before a gap and in after it', () => {
    const { sound, written } = open();
    const one = new Source(tone);
    sound.switchTo(one.history, 0);
    one.next(5);
    sound.take();
    one.skip(positionOf(200));
    one.next(5);
    sound.take();
    sound.end();
    const samples = heard(written);
    assert.equal(samples.length, 10 * FRAME_SAMPLES + positionOf(200));
    assert.ok(largestStep(samples) < 1.2 * LARGEST_STEP);
    const gap = samples.subarray(5 * FRAME_SAMPLES, 5 * FRAME_SAMPLES + positionOf(200));
    assert.ok(gap.every((sample) => sample === 0));
    assert.ok(Math.abs(samples.at(-1) ?? 1) < 0.01);
  });

  it('begins anew after its end', () => {
    const { sound, written } = open();
    const [one, other] = [new Source(tone), new Source(tone, positionOf(5_000))];
    sound.switchTo(one.history, 0);
    one.next(5);
    sound.take();
    sound.end();
    other.next(5);
    sound.switchTo(other.history, 0);
    sound.end();
    assert.equal(heard(written).length, positionOf(5_000) + 5 * FRAME_SAMPLES);
  });
});

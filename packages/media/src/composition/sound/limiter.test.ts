import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CEILING, Limiter, LOOK_AHEAD_SAMPLES } from './limiter.ts';
import { loudest, sharpest } from './listener.fixture.ts';

const FRAME_SAMPLES = 1_024;

describe('a limiter', () => {
  it('leaves what is soft as it is, 5 ms later', () => {
    const voice = tone(0.7);
    const [left, right] = limited(
      voice,
      voice.map((sample) => -sample / 2),
    );
    assert.deepEqual(left.subarray(LOOK_AHEAD_SAMPLES), voice.subarray(0, voice.length - LOOK_AHEAD_SAMPLES));
    assert.equal(right[5_000], (left[5_000] ?? 0) / -2);
  });

  it('lets nothing pass that is louder than -1 dBFS, however loud, short or sudden', () => {
    const clap = new Float32Array(20 * FRAME_SAMPLES);
    clap[5_000] = 12;
    clap.fill(-3, 9_001, 9_017);
    for (const loud of [tone(12), tone(1), clap, tone(0.9).map((sample, index) => (index < 7_777 ? 0 : 8 * sample))]) {
      const [left, right] = limited(loud, new Float32Array(loud.length));
      assert.ok(loudest(left) <= CEILING + 1e-6, String(loudest(left)));
      assert.equal(loudest(right), 0);
    }
  });

  it('turns down what is too loud instead of cutting it off', () => {
    const loud = tone(12);
    const [left] = limited(loud, loud);
    assert.ok(loudest(left) > 0.7);
    const whole = sharpest(loud.subarray(4_800)) / loudest(loud);
    assert.ok(sharpest(left.subarray(4_800)) / loudest(left) < 1.05 * whole, 'it is still a tone');
  });

  it('turns both channels down alike', () => {
    const loud = tone(2);
    const [left, right] = limited(
      loud,
      loud.map((sample) => sample / 4),
    );
    for (const at of [300, 1_000, 10_000]) assert.ok(Math.abs((left[at] ?? 0) / 4 - (right[at] ?? 0)) < 1e-6);
  });

  it('may be ended without a click', () => {
    const limiter = new Limiter();
    const voice = tone(0.5, 2);
    limiter.process([voice, voice.slice()]);
    limiter.fadeOut();
    const rest = new Float32Array(FRAME_SAMPLES);
    limiter.process([rest, rest.slice()]);
    const whole = Float32Array.of(...voice, ...rest);
    assert.ok(sharpest(whole.subarray(2 * LOOK_AHEAD_SAMPLES)) < 1.3 * sharpest(tone(0.5)));
    assert.ok(loudest(whole.subarray(-FRAME_SAMPLES + LOOK_AHEAD_SAMPLES)) === 0);
  });

  it('comes back to the whole loudness in a second', () => {
    const soft = tone(0.5, 60);
    const burst = soft.map((sample, index) => (index < 4_800 ? 10 * sample : sample));
    const [left] = limited(burst, burst);
    assert.ok(loudest(left.subarray(5_800, 6_300)) < 0.3);
    assert.deepEqual(
      left.subarray(53_000),
      soft.subarray(53_000 - LOOK_AHEAD_SAMPLES, soft.length - LOOK_AHEAD_SAMPLES),
    );
  });
});

function tone(amplitude: number, frames = 20): Float32Array {
  return Float32Array.from({ length: frames * FRAME_SAMPLES }, (_, index) => amplitude * Math.sin(index / 15));
}

function limited(left: Float32Array, right: Float32Array): [Float32Array, Float32Array] {
  const limiter = new Limiter();
  const planes: [Float32Array, Float32Array] = [left.slice(), right.slice()];
  for (let at = 0; at < left.length; at += FRAME_SAMPLES)
    limiter.process([planes[0].subarray(at, at + FRAME_SAMPLES), planes[1].subarray(at, at + FRAME_SAMPLES)]);
  return planes;
}

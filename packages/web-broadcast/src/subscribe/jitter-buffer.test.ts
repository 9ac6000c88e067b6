import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type JitterBufferConfiguration,
  JitterBufferMinDelay,
  minimumDelayMs,
  setMinimumDelay,
} from './jitter-buffer.ts';

const { DEFAULT, LOW, MEDIUM, HIGH } = JitterBufferMinDelay;

describe('the minimum delay', () => {
  it('is none by default', () => {
    for (const configuration of [undefined, {}, { minDelay: undefined }, { minDelay: DEFAULT }]) {
      assert.equal(minimumDelayMs(configuration), undefined);
    }
  });

  it('grows with the presets', () => {
    assert.deepEqual(
      [LOW, MEDIUM, HIGH].map((minDelay) => minimumDelayMs({ minDelay })),
      [150, 400, 1_000],
    );
  });

  it('may be a number of milliseconds, as far as browsers take it', () => {
    for (const [minDelay, delayMs] of [
      [0, 0],
      [75, 75],
      [4_000, 4_000],
      [10_000, 4_000],
    ] as const) {
      assert.equal(minimumDelayMs({ minDelay }), delayMs);
    }
  });

  it('is nothing else', () => {
    for (const minDelay of [-1, Number.NaN, 'huge', {}, null]) {
      assert.throws(() => minimumDelayMs({ minDelay } as JitterBufferConfiguration), RangeError);
    }
  });

  it('is set in milliseconds, and in older browsers as a hint in seconds', () => {
    for (const [receiver, set, unset] of [
      [{ jitterBufferTarget: null }, { jitterBufferTarget: 400 }, { jitterBufferTarget: null }],
      [{ playoutDelayHint: null }, { playoutDelayHint: 0.4 }, { playoutDelayHint: null }],
      [{}, {}, {}],
    ] as const) {
      setMinimumDelay(receiver, 400);
      assert.deepEqual(receiver, set);
      setMinimumDelay(receiver, undefined);
      assert.deepEqual(receiver, unset);
    }
  });
});

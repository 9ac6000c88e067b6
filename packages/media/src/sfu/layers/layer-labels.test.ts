import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { highestAllowed, layerLabels } from './layer-labels.ts';

describe('the labels of layers', () => {
  it('tell their places', () => {
    assert.deepEqual([1, 2, 3].map(layerLabels), [['hi'], ['low', 'hi'], ['low', 'mid', 'hi']]);
  });

  it('limit what is sent, as far as there are such layers', () => {
    const allowed = (count: number) => ['low', 'mid', 'hi'].map((wish) => highestAllowed(count, wish));
    assert.deepEqual([3, 2, 1].map(allowed), [
      [0, 1, 2],
      [0, 0, 1],
      [0, 0, 0],
    ]);
  });

  it('limit nothing when nothing is wished, or what nobody knows', () => {
    assert.equal(highestAllowed(3, undefined), 2);
    assert.equal(highestAllowed(3, 'ultra'), 2);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { allocateLayers } from './layer-allocation.ts';

const hd = { bitratesBps: [200_000, 700_000, 1_700_000], highest: 2 };

describe('a budget for layers', () => {
  it('gives everybody everything when it is enough', () => {
    assert.deepEqual(allocateLayers(8_500_000, [hd, hd, hd, hd, hd]), [2, 2, 2, 2, 2]);
  });

  it('raises the lowest first', () => {
    assert.deepEqual(allocateLayers(3_000_000, [hd, hd, hd]), [1, 1, 1]);
    assert.deepEqual(allocateLayers(3_200_000, [hd, hd, hd]), [2, 1, 1]);
  });

  it('gives nobody more than he may have', () => {
    assert.deepEqual(allocateLayers(3_200_000, [{ ...hd, highest: 0 }, hd, hd]), [0, 2, 1]);
  });

  it('gives the lowest layer when it is not enough for that either', () => {
    assert.deepEqual(allocateLayers(-5, [hd, hd]), [0, 0]);
    assert.deepEqual(allocateLayers(0, []), []);
  });

  it('passes over who cannot be raised for one who can', () => {
    const large = { bitratesBps: [100_000, 5_000_000], highest: 1 };
    assert.deepEqual(allocateLayers(1_000_000, [large, hd]), [0, 1]);
  });

  it('is never spent twice', () => {
    const bitrate = fc.integer({ min: 1, max: 1_000 });
    const stream = fc.record({
      bitratesBps: fc.array(bitrate, { minLength: 1, maxLength: 3 }).map((rates) => rates.toSorted((a, b) => a - b)),
      highest: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(stream, { maxLength: 12 }), fc.nat(10_000), (streams, budgetBps) => {
        const layers = allocateLayers(budgetBps, streams);
        const cost = (of: readonly number[]) =>
          streams.reduce((sum, { bitratesBps }, index) => sum + (bitratesBps[of[index] ?? 0] ?? 0), 0);
        assert.ok(cost(layers) <= Math.max(budgetBps, cost(streams.map(() => 0))));
      }),
    );
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Distribution } from './distribution.ts';

describe('a distribution', () => {
  test('has no figures before it has values', () => {
    const distribution = new Distribution();
    assert.equal(distribution.spread, undefined);
    distribution.add(5);
    distribution.clear();
    assert.equal(distribution.spread, undefined);
  });

  test('tells percentiles to three digits', () => {
    const distribution = new Distribution();
    for (let value = 1_000; value >= 1; value -= 1) distribution.add(value);
    const { count = 0, p50 = 0, p90 = 0, p99 = 0, max = 0 } = distribution.spread ?? {};
    assert.equal(count, 1_000);
    for (const [actual, expected] of [
      [p50, 500],
      [p90, 900],
      [p99, 990],
      [max, 1_000],
    ] as const) {
      assert.ok(Math.abs(actual - expected) <= expected / 1_000, `${actual} for ${expected}`);
    }
  });

  test('takes what is out of its range to its ends', () => {
    const distribution = new Distribution();
    distribution.add(-3);
    distribution.add(Number.MAX_SAFE_INTEGER);
    assert.deepEqual([distribution.spread?.count, distribution.spread?.p50], [2, 0.001]);
    assert.ok((distribution.spread?.max ?? 0) >= 3_600_000);
  });
});

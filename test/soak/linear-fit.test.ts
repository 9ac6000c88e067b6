import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitLine } from './linear-fit.ts';

test('a line is fitted to points, with its uncertainty', () => {
  const exact = fitLine([0, 1, 2, 3].map((x) => ({ x, y: 5 + 2 * x })));
  assert.deepEqual(exact, { slope: 2, standardError: 0, mean: 8 });
  const noisy = fitLine([5, 9, 5, 9].map((y, x) => ({ x, y })));
  assert.ok(Math.abs(noisy.slope - 0.8) < 1e-9);
  assert.ok(noisy.standardError > noisy.slope);
});

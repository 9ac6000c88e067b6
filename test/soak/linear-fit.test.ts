import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitLine, meansOfStretches } from './linear-fit.ts';

test('a line is fitted to points, with its uncertainty', () => {
  const exact = fitLine([0, 1, 2, 3].map((x) => ({ x, y: 5 + 2 * x })));
  assert.deepEqual(exact, { slope: 2, standardError: 0, mean: 8 });
  const noisy = fitLine([5, 9, 5, 9].map((y, x) => ({ x, y })));
  assert.ok(Math.abs(noisy.slope - 0.8) < 1e-9);
  assert.ok(noisy.standardError > noisy.slope);
});

test('stretches of points that hang together are taken for one point each', () => {
  const points = [0, 0, 0, 6, 6, 6, 0, 0, 0, 6, 6, 6].map((y, x) => ({ x, y }));
  const stretches = meansOfStretches(points, 4);
  assert.deepEqual(
    stretches,
    [0, 6, 0, 6].map((y, index) => ({ x: 3 * index + 1, y })),
  );
  assert.ok(fitLine(stretches).standardError > 1.5 * fitLine(points).standardError);
  assert.deepEqual(
    meansOfStretches(points, 5).map(({ x }) => x),
    [0.5, 3, 5.5, 8, 10.5],
  );
});

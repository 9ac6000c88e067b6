import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryDelayMs } from './retry-delay.ts';

test('a retry waits twice as long each time, up to a bound, and a quarter more or less by chance', () => {
  const attempts = [0, 1, 2, 3, 4, 5, 6, 1_000];
  assert.deepEqual(
    attempts.map((attempt) => retryDelayMs(attempt, 500, 8_000, 0.5)),
    [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000],
  );
  assert.deepEqual([retryDelayMs(1, 500, 8_000, 0), retryDelayMs(1, 500, 8_000, 1)], [750, 1_250]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimeWaited } from './time-waited.ts';

test('time waited goes on slowly after a program stood still, until it is now again', () => {
  const waited = new TimeWaited();
  for (let nowMs = 0; nowMs <= 1_000; nowMs += 100) assert.equal(waited.until(nowMs), nowMs);
  assert.deepEqual(
    [4_000, 4_100, 4_200, 4_300].map((nowMs) => waited.until(nowMs)),
    [1_200, 1_400, 1_600, 1_800],
  );
  for (let nowMs = 4_400; nowMs < 6_800; nowMs += 100) waited.until(nowMs);
  assert.equal(waited.until(6_800), 6_800);
});

test('time waited follows in a program that is always slow', () => {
  const waited = new TimeWaited();
  for (let nowMs = 0; nowMs <= 20_000; nowMs += 1_000) waited.until(nowMs);
  assert.equal(waited.until(21_000), 21_000);
});

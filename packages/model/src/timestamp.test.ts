import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTimestamp } from './timestamp.ts';

test('milliseconds are written only when there are any', () => {
  assert.equal(formatTimestamp(new Date(Date.UTC(2026, 10, 1, 6, 25, 37))), '2026-11-01T06:25:37Z');
  assert.equal(formatTimestamp(new Date(Date.UTC(2026, 10, 1, 6, 25, 37, 602))), '2026-11-01T06:25:37.602Z');
  assert.equal(formatTimestamp(new Date(Date.UTC(2026, 10, 1, 6, 25, 37, 5))), '2026-11-01T06:25:37.005Z');
});

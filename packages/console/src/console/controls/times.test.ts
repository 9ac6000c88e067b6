import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeAgo, describeDuration } from './times.ts';

const now = new Date('2026-11-22T12:00:00Z');

test('times are told by their distance', () => {
  assert.equal(describeAgo('2026-11-22T12:00:00Z', now), 'now');
  assert.equal(describeAgo('2026-11-22T11:59:18Z', now), '42 seconds ago');
  assert.equal(describeAgo('2026-11-22T09:01:00Z', now), '2 hours ago');
  assert.equal(describeAgo('2026-11-24T12:00:00Z', now), 'in 2 days');
});

test('durations are told with two units', () => {
  const since = (endTime: string) => describeDuration('2026-11-22T12:00:00Z', endTime);
  assert.equal(since('2026-11-22T12:00:12Z'), '12 s');
  assert.equal(since('2026-11-22T12:03:05Z'), '3 min 05 s');
  assert.equal(since('2026-11-22T13:02:59Z'), '1 h 02 min');
  assert.equal(since('2026-11-22T11:00:00Z'), '0 s');
});

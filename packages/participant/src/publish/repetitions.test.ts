import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Repetitions } from './repetitions.ts';

test('a packet is sent again once in a round trip, however often it is asked for', () => {
  const repetitions = new Repetitions();
  const sent = [0, 10, 49, 50, 60, 100].filter((nowMs) => repetitions.take(7, nowMs));
  assert.deepEqual(sent, [0, 50, 100]);
});

test('so many are sent again in a second, and no more', () => {
  const repetitions = new Repetitions();
  const sentWithin = (fromMs: number) =>
    Array.from({ length: 1_000 }, (_, number) => number).filter((number) => repetitions.take(number, fromMs + number))
      .length;
  assert.equal(Array.from({ length: 1_000 }, (_, number) => repetitions.take(number, 0)).filter(Boolean).length, 200);
  assert.equal(sentWithin(1), 199);
  assert.ok(sentWithin(10_000) <= 400);
});

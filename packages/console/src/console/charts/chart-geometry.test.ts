import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeSeries, distinct, nearestTo, pathOf, placeOf, topOf } from './chart-geometry.ts';

const seconds = (...times: number[]) => times.map((time) => time * 1_000);

test('an axis ends at a plain number, at or above the largest value', () => {
  const top = (...values: (number | undefined)[]) => topOf([{ name: '', values }]);
  assert.deepEqual([top(), top(0), top(undefined, 1), top(3, 2), top(41), top(0.012)], [1, 1, 1, 4, 100, 0.02]);
});

test('a line goes from edge to edge, up to the top', () => {
  assert.equal(pathOf([0, 5, 10], seconds(0, 5, 10), 10), 'M0 100L500 50L1000 0');
  assert.equal(pathOf([20], seconds(0), 10), 'M0 0');
});

test('a line is interrupted where a value is missing, and where nobody looked for long', () => {
  assert.equal(pathOf([0, undefined, 10, 10], seconds(0, 1, 2, 3), 10), 'M0 100M666.7 0L1000 0');
  assert.equal(pathOf([0, 0, 0, 0, 0], seconds(0, 1, 2, 9, 10), 1), 'M0 100L100 100L200 100M900 100L1000 100');
});

test('a place on the axis leads to the nearest moment', () => {
  const times = seconds(0, 1, 10);
  assert.equal(placeOf(1_000, times), 0.1);
  assert.deepEqual(
    [nearestTo(0, times), nearestTo(0.3, times), nearestTo(0.9, times), nearestTo(0.5, [])],
    [0, 1, 2, 0],
  );
});

test('who does not see a line is told how it is and was', () => {
  const write = (value: number) => `${value} ms`;
  assert.equal(describeSeries({ name: 'p99', values: [4, undefined, 2] }, write), 'p99: 2 ms now, from 2 ms to 4 ms.');
  assert.equal(
    describeSeries({ name: 'p99', values: [4, undefined] }, write),
    'p99: not known now, from 4 ms to 4 ms.',
  );
  assert.equal(describeSeries({ name: 'p99', values: [] }, write), 'p99: not known.');
});

test('lines of one name are told apart', () => {
  const named = ['alice', 'bob', 'alice'].map((name) => ({ name, values: [] }));
  assert.deepEqual(
    distinct(named).map(({ name }) => name),
    ['alice', 'bob', 'alice (2)'],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignColumns, bitrate, decimal, milliseconds, percent } from './figures.ts';

test('numbers have as many digits as people need', () => {
  assert.deepEqual([0.456, 12.34, 1_234.5].map(milliseconds), ['0.46 ms', '12.3 ms', '1,235 ms']);
  assert.deepEqual([null, 64_400, 2_149_000, 1_200_000_000].map(bitrate), [
    '–',
    '64 kbit/s',
    '2.1 Mbit/s',
    '1,200.0 Mbit/s',
  ]);
  assert.equal(percent(0.004), '0.00 %');
  assert.equal(decimal(12_345), '12,345');
});

test('columns stand under each other, the first one to the left', () => {
  assert.deepEqual(
    alignColumns([
      ['', 'p50'],
      ['Latency', '1 ms'],
      ['Joins', '–'],
    ]),
    ['          p50', 'Latency  1 ms', 'Joins       –'],
  );
});

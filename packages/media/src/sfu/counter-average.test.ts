import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CounterAverage } from './counter-average.ts';

describe('the average of a counter', () => {
  it('is there once the window has gone by', () => {
    const average = new CounterAverage(10_000);
    assert.equal(average.add(500, 0), undefined);
    assert.equal(average.add(1_000, 5_000), undefined);
    assert.equal(average.add(1_400, 9_999), undefined);
    assert.equal(average.add(1_500, 10_000), 100);
  });

  it('forgets what is older than the window', () => {
    const average = new CounterAverage(10_000);
    average.add(0, 0);
    average.add(100_000, 5_000);
    assert.equal(average.add(100_000, 10_000), 10_000);
    assert.equal(average.add(100_000, 15_000), 0);
  });

  it('is over the time that went by when readings come late', () => {
    const average = new CounterAverage(10_000);
    average.add(0, 0);
    assert.equal(average.add(60_000, 30_000), 2_000);
    assert.equal(average.add(61_000, 39_000), (61_000 * 1_000) / 39_000);
    assert.equal(average.add(62_000, 40_000), 200);
  });

  it('begins anew with the counter', () => {
    const average = new CounterAverage(10_000);
    average.add(1_000_000, 0);
    assert.equal(average.add(10, 10_000), undefined);
    assert.equal(average.add(20, 20_000), 1);
  });
});

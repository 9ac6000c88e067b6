import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Pace } from './pace.ts';

describe('the pace of items that follow one another', () => {
  test('lets a burst out evenly', () => {
    const pace = new Pace();
    assert.deepEqual(
      [1_000, 1_000, 1_001].map((now) => pace.follow(20, now)),
      [1_000, 1_020, 1_040],
    );
  });

  test('makes up for what is a little late, and goes on after a pause', () => {
    const pace = new Pace();
    pace.follow(20, 1_000);
    assert.equal(pace.follow(20, 1_100), 1_020);
    assert.equal(pace.follow(20, 1_100), 1_040);
    assert.equal(pace.follow(20, 5_000), 5_000);
    assert.equal(pace.follow(20, 5_000), 5_020);
  });
});

describe('the pace of items that have times of their own', () => {
  test('keeps their distances', () => {
    const pace = new Pace();
    assert.deepEqual(
      [0, 33, 100].map((time) => pace.at(time, 7_000)),
      [7_000, 7_033, 7_100],
    );
  });

  test('begins anew after a jump of theirs, and after a pause', () => {
    const pace = new Pace();
    pace.at(0, 7_000);
    assert.equal(pace.at(1_000_000, 7_050), 7_050);
    assert.equal(pace.at(1_000_040, 7_050), 7_090);
    assert.equal(pace.at(1_000_080, 9_000), 9_000);
    assert.equal(pace.at(0, 9_010), 9_010);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RetrySchedule } from './retry-schedule.ts';

/** The waits of a schedule whose every attempt fails at once. */
function waits(schedule: RetrySchedule, startMs = 0): number[] {
  const delays: number[] = [];
  let nowMs = startMs;
  for (let delay = schedule.failed(nowMs); delay !== undefined; delay = schedule.failed(nowMs)) {
    delays.push(delay);
    nowMs += delay;
  }
  return delays;
}

describe('RetrySchedule', () => {
  it('waits twice as long each time, up to four seconds, and tries last when thirty seconds are over', () => {
    const delays = waits(new RetrySchedule({ random: () => 1 }));
    assert.deepEqual(delays.slice(0, 6), [250, 500, 1000, 2000, 4000, 4000]);
    assert.ok(delays.every((delay) => delay <= 4000));
    assert.equal(
      delays.reduce((sum, delay) => sum + delay),
      30_000,
    );
  });

  it('spreads waits between a half and the whole', () => {
    assert.equal(new RetrySchedule({ random: () => 0 }).failed(0), 125);
    assert.equal(new RetrySchedule({ random: () => 0.5 }).failed(0), 187.5);
  });

  it('counts the time of the attempts, not only that of the waits', () => {
    const schedule = new RetrySchedule({ random: () => 1 });
    schedule.failed(0);
    assert.equal(schedule.failed(29_900), 100);
    assert.equal(schedule.failed(30_000), undefined);
  });

  it('waits as long as the server asks, and gives up when that is longer than the window', () => {
    const schedule = new RetrySchedule({ random: () => 1 });
    assert.equal(schedule.failed(0, { atLeastMs: 3_000 }), 3_000);
    assert.equal(schedule.failed(3_000, { atLeastMs: 60_000 }), undefined);
  });

  it('opens a new window after what has worked long enough', () => {
    const schedule = new RetrySchedule({ random: () => 1, stableMs: 5_000 });
    schedule.failed(0);
    schedule.succeeded(1_000);
    assert.equal(schedule.failed(6_000), 250);
    assert.equal(schedule.failed(35_900), 100);
  });

  it('goes on in the old window when it worked only for a moment', () => {
    const schedule = new RetrySchedule({ random: () => 1, stableMs: 5_000 });
    schedule.failed(0);
    schedule.succeeded(1_000);
    assert.equal(schedule.failed(5_900), 500);
    schedule.succeeded(29_000);
    assert.equal(schedule.failed(30_001), undefined);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TickClock } from './tick-clock.ts';

describe('the times at which pictures are due', () => {
  it('never drift, whatever the rate', () => {
    assert.equal(new TickClock({ beginMs: 5, framesPerSecond: 30 }).dueMs(30 * 86_400), 86_400_005);
    assert.equal(new TickClock({ beginMs: 0, framesPerSecond: 29.97 }).timeMs(2_997), 100_000);
  });

  it('follow each other while there is time for each', () => {
    const clock = new TickClock({ beginMs: 1_000, framesPerSecond: 25 });
    assert.equal(clock.after(10, 1_000 + 10 * 40 + 5), 11);
    assert.equal(clock.after(10, 1_000 + 11 * 40 + 39), 11);
  });

  it('leave out what another one has come due after', () => {
    const clock = new TickClock({ beginMs: 1_000, framesPerSecond: 25 });
    assert.equal(clock.after(10, 1_000 + 12 * 40), 12);
    assert.equal(clock.after(10, 1_000 + 60 * 40 + 1), 60);
  });
});

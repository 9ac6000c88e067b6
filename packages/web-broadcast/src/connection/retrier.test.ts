import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { HandClock } from '../../test/hand-clock.ts';
import { Retrier } from './retrier.ts';

describe('Retrier', () => {
  let clock: HandClock;
  let retrier: Retrier;
  let attempts: number;
  const attempt = () => {
    attempts += 1;
  };

  beforeEach(() => {
    clock = new HandClock();
    retrier = new Retrier(clock, { random: () => 1 });
    attempts = 0;
  });

  it('runs the attempt when the wait is over', () => {
    assert.equal(retrier.retry(attempt), true);
    clock.advance(249);
    assert.equal(attempts, 0);
    assert.equal(retrier.waiting, true);
    clock.advance(1);
    assert.equal(attempts, 1);
    assert.equal(retrier.waiting, false);
  });

  it('runs it at once when hurried, and not again', () => {
    retrier.retry(attempt);
    retrier.hurry();
    assert.equal(attempts, 1);
    clock.advance(60_000);
    assert.equal(attempts, 1);
    retrier.hurry();
    assert.equal(attempts, 1);
  });

  for (const end of ['reset', 'succeeded'] as const) {
    it(`leaves no timer behind when ${end}`, () => {
      retrier.retry(attempt);
      clock.advance(250);
      retrier[end]();
      assert.equal(clock.planned, 0);
    });
  }

  it('gives up after thirty seconds', () => {
    let tries = 0;
    while (retrier.retry(attempt)) {
      clock.advance(4_000);
      tries += 1;
      assert.ok(tries < 50);
    }
    assert.equal(clock.planned, 0);
  });

  describe('when the page was asleep', () => {
    const HOUR_MS = 3_600_000;

    it('begins anew if it was so in a wait', () => {
      retrier.retry(attempt);
      clock.sleep(HOUR_MS);
      assert.equal(attempts, 1);
      assert.equal(retrier.retry(attempt), true);
      clock.advance(250);
      assert.equal(attempts, 2);
    });

    it('begins anew if what wakes it ends the wait, before any timer runs', () => {
      retrier.retry(attempt);
      clock.sleep(HOUR_MS, () => retrier.hurry());
      assert.equal(attempts, 1);
      assert.equal(retrier.retry(attempt), true);
    });

    it('begins anew if it was so in an attempt, whichever timer runs first', () => {
      retrier.retry(attempt);
      clock.advance(250);
      clock.sleep(HOUR_MS);
      assert.equal(retrier.retry(attempt), true);
      clock.advance(250);
      clock.sleep(HOUR_MS, () => assert.equal(retrier.retry(attempt), true));
    });

    it('gives up after thirty seconds all the same when it was asleep for a moment alone', () => {
      const startMs = clock.now();
      while (retrier.retry(attempt)) clock.sleep(4_000);
      assert.ok(clock.now() - startMs < 40_000);
    });
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PresetLadder } from './preset-ladder.ts';

const PERIOD_MS = 40;

/** A ladder that is told of pictures on a clock of its own. */
class Watched {
  readonly #ladder = new PresetLadder(['best', 'good', 'poor'], PERIOD_MS);
  #nowMs = 1_000;

  /** So many seconds of pictures. @param lateOf each 25th of them late as often as told */
  run(seconds: number, lateOf25: number, { workMs = 10, skipped = 0 } = {}): string {
    for (let index = 0; index < 25 * seconds; index += 1) {
      this.#nowMs += PERIOD_MS;
      const late = index % 25 < lateOf25;
      this.#ladder.observe({ late, skipped: late ? skipped : 0, workMs }, this.#nowMs);
    }
    return this.#ladder.preset;
  }

  /** Runs until the preset is another one. @returns how many seconds that took */
  untilChanged(lateOf25: number): number {
    const before = this.#ladder.preset;
    let seconds = 0;
    while (this.#ladder.preset === before) {
      this.run(1, lateOf25);
      seconds += 1;
    }
    return seconds;
  }
}

describe('a preset ladder', () => {
  it('keeps to the best preset while pictures are in time, but for a few', () => {
    assert.equal(new Watched().run(600, 1), 'best');
  });

  it('goes down step by step while pictures are late, and no further than there are steps', () => {
    const ladder = new Watched();
    assert.equal(ladder.run(5, 10), 'good');
    assert.equal(ladder.run(7, 10), 'poor');
    assert.equal(ladder.run(60, 10), 'poor');
  });

  it('goes down for pictures that were left out', () => {
    assert.equal(new Watched().run(5, 1, { skipped: 2 }), 'good');
  });

  it('goes up again after some time without trouble', () => {
    const ladder = new Watched();
    assert.equal(ladder.run(5, 10), 'good');
    assert.equal(ladder.run(15, 0), 'good');
    assert.equal(ladder.run(15, 0), 'best');
  });

  it('stays where it is while there is no room for more', () => {
    const ladder = new Watched();
    ladder.run(5, 10);
    assert.equal(ladder.run(120, 0, { workMs: 25 }), 'good');
  });

  it('tries less and less often what was too much', () => {
    const ladder = new Watched();
    const tries = [0, 1, 2].map(() => {
      ladder.untilChanged(25);
      return ladder.untilChanged(0);
    });
    const [first = 0, second = 0, third = 0] = tries;
    assert.ok(second > 1.5 * first && third > 1.5 * second, String(tries));
  });

  it('forgets that it was too much once a minute has shown that it is not', () => {
    const ladder = new Watched();
    ladder.untilChanged(25);
    const first = ladder.untilChanged(0);
    ladder.untilChanged(25);
    ladder.untilChanged(0);
    ladder.run(80, 0);
    ladder.untilChanged(25);
    assert.ok(Math.abs(ladder.untilChanged(0) - first) < 8);
  });
});

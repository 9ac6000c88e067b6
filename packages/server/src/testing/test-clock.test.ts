import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HandClock } from '../hand-clock.fixture.ts';
import { TestClock } from './test-clock.ts';

const start = new Date('2026-11-21T20:00:00Z');
const hourMs = 3_600_000;
const settled = async () => {};

function createClock(): { clock: TestClock; base: HandClock; seconds: () => number } {
  const base = new HandClock(start);
  const clock = new TestClock(base);
  return { clock, base, seconds: () => (clock.now().getTime() - start.getTime()) / 1_000 };
}

describe('a clock for tests', () => {
  test('goes like the clock below it, and rings by it', () => {
    const { clock, base, seconds } = createClock();
    const rung: number[] = [];
    clock.setAlarm(5_000, () => rung.push(seconds()));
    clock.setAlarm(2_000, () => rung.push(seconds()));
    base.advance(10_000);
    assert.deepEqual(rung, [2, 5]);
    assert.deepEqual(clock.now(), base.now());
    assert.equal(base.alarms, 0);
  });

  test('stays ahead by what it was advanced', async () => {
    const { clock, base, seconds } = createClock();
    await clock.advance(hourMs, settled);
    await clock.advance(hourMs, settled);
    base.advance(1_000);
    assert.equal(seconds(), 7_201);
    assert.equal(clock.offsetMs, 2 * hourMs);
  });

  test('rings what comes due on the way at its time, that which is set on the way too', async () => {
    const { clock, seconds } = createClock();
    const rung: string[] = [];
    const again = () => {
      rung.push(`again ${seconds()}`);
      clock.setAlarm(20_000, again);
    };
    clock.setAlarm(20_000, again);
    clock.setAlarm(30_000, () => rung.push(`once ${seconds()}`));
    await clock.advance(60_000, settled);
    assert.deepEqual(rung, ['again 20', 'once 30', 'again 40', 'again 60']);
    assert.equal(seconds(), 60);
  });

  test('goes on when what an alarm began is done', async () => {
    const { clock, seconds } = createClock();
    const done: number[] = [];
    let work = Promise.resolve();
    const begin = () => {
      work = Promise.resolve().then(() => void done.push(seconds()));
    };
    clock.setAlarm(1_000, begin);
    clock.setAlarm(2_000, begin);
    await clock.advance(hourMs, () => work);
    assert.deepEqual(done, [1, 2]);
  });

  test('gets there however many alarms are on the way', async () => {
    const { clock, seconds } = createClock();
    const again = () => void clock.setAlarm(1, again);
    again();
    await clock.advance(hourMs, settled);
    assert.equal(seconds(), 3_600);
  });

  test('does not ring what was cancelled, and then waits for nothing', async () => {
    const { clock, base } = createClock();
    const alarm = clock.setAlarm(1_000, () => assert.fail('it was cancelled'));
    alarm.cancel();
    assert.equal(base.alarms, 0);
    await clock.advance(hourMs, settled);
    alarm.cancel();
  });

  test('set back, keeps everybody waiting for as long as before', async () => {
    const { clock, base, seconds } = createClock();
    await clock.advance(hourMs, settled);
    const rung: number[] = [];
    clock.setAlarm(30_000, () => rung.push(seconds()));
    clock.reset();
    assert.equal(seconds(), 0);
    base.advance(29_000);
    assert.deepEqual(rung, []);
    base.advance(1_000);
    assert.deepEqual(rung, [30]);
  });
});

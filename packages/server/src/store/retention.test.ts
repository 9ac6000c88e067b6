import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import pino from 'pino';
import { openTestStore } from '../control-plane.fixture.ts';
import { HandClock } from '../hand-clock.fixture.ts';
import { Retention } from './retention.ts';

const HOUR_MS = 60 * 60 * 1_000;

/** A retention of a day over nothing: `portions` tells how many rows each call removes, or what it throws. */
async function startRetention(t: TestContext, portions: (number | Error)[]) {
  const store = await openTestStore(t);
  const clock = new HandClock('2026-11-21T20:00:00Z');
  const log: string[] = [];
  const times: string[] = [];
  const retention = new Retention({
    store,
    clock,
    logger: pino({}, { write: (line) => log.push(line) }),
    what: 'old letters',
    keepMs: 24 * HOUR_MS,
    deleteBefore: async (_, time) => {
      times.push(time.toISOString());
      const portion = portions.shift() ?? 0;
      if (portion instanceof Error) throw portion;
      return portion;
    },
  });
  t.after(() => retention.close());
  /** Resolves when it sleeps until the next hour. */
  const asleep = async () => {
    while (clock.alarms === 0) await setImmediate();
  };
  return { retention, clock, log, times, asleep };
}

test('what is old goes at the start, portion by portion, and again every hour', async (t) => {
  const { clock, log, times, asleep } = await startRetention(t, [2, 1, 0, 1, 0]);
  await asleep();
  assert.deepEqual(times.splice(0), Array(3).fill('2026-11-20T20:00:00.000Z'));
  clock.advance(HOUR_MS - 1);
  assert.deepEqual(times, []);
  clock.advance(1);
  await asleep();
  assert.deepEqual(times, Array(2).fill('2026-11-20T21:00:00.000Z'));
  assert.deepEqual(log, []);
});

test('a failure is told, and the next hour is another try', async (t) => {
  const { clock, log, times, asleep } = await startRetention(t, [new Error('the disk is full'), 1, 0]);
  await asleep();
  assert.equal(log.length, 1);
  assert.match(log[0] ?? '', /old letters could not be removed/);
  assert.match(log[0] ?? '', /the disk is full/);
  clock.advance(HOUR_MS);
  await asleep();
  assert.equal(times.length, 3);
  assert.equal(log.length, 1);
});

test('closing ends the portion under way and leaves no alarm', async (t) => {
  const { retention, clock, times } = await startRetention(t, Array(1_000).fill(1));
  await retention.close();
  assert.ok(times.length < 1_000);
  assert.equal(clock.alarms, 0);
});

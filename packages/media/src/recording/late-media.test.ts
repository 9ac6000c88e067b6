import { describe, it } from 'node:test';
import { checkTogether, checkWhole, pictures, record, sound } from './recorded-publisher.fixture.ts';

describe('a recording whose media come late, or many at once', () => {
  it('has all of them when the recorder itself stood still', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound });
    publisher.run(3_300);
    for (const stallMs of [1_600, 500, 3_500]) {
      publisher.stall(stallMs);
      publisher.run(1_700);
    }
    const segments = await finish();
    checkWhole(segments);
    checkTogether(segments, publisher);
  });

  it('leaves sound out that comes later than its segment, and goes on with the next where it belongs', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound });
    publisher.run(3_300);
    const untilMs = publisher.nowMs + 2_500;
    publisher.delayMs = (what) => (what === 'audio' ? untilMs - publisher.nowMs : 0);
    publisher.run(2_500);
    publisher.delayMs = () => 0;
    publisher.run(5_000);
    const segments = await finish();
    checkWhole(segments);
    checkTogether(segments, publisher, { unheardSeconds: [4, 5] });
  });

  it('does not take the way of a report for that of its stream', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound, reportEachMs: 5_000 });
    let reports = 0;
    publisher.delayMs = (what) => (what === 'report' ? ([400, 400, 0, 4_000][reports++] ?? 0) : 0);
    publisher.run(14_000);
    const segments = await finish();
    checkWhole(segments);
    checkTogether(segments, publisher);
  });

  it('goes by packets that were fast where there is no report in time', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound, reportEachMs: 6_000 });
    // All that was sent up to here comes at once, and sound has begun later.
    publisher.delayMs = (what) => (what === 'report' ? 7_000 : Math.max(0, 900 - publisher.nowMs));
    publisher.audioSilent = true;
    publisher.run(420);
    publisher.audioSilent = false;
    publisher.run(13_000);
    const segments = await finish();
    checkWhole(segments);
    checkTogether(segments, publisher, { unheardSeconds: [0] });
  });

  it('is together through losses, bursts, and reports that come when they can', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound });
    let sent = 0;
    publisher.loses = (kind) => kind === 'audio' && ++sent % 30 === 0;
    for (const [runMs, burstMs, stallMs] of [
      [2_300, 700, 0],
      [900, 300, 1_300],
      [1_700, 900, 400],
      [600, 100, 2_100],
    ] as const) {
      publisher.run(runMs);
      const untilMs = publisher.nowMs + burstMs;
      publisher.delayMs = () => untilMs - publisher.nowMs;
      publisher.run(burstMs);
      publisher.delayMs = () => 0;
      publisher.stall(stallMs);
    }
    publisher.loses = () => false;
    publisher.run(3_000);
    const segments = await finish();
    checkWhole(segments);
    checkTogether(segments, publisher);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HandClock } from '../../test/hand-clock.ts';
import type { PlayedFrames } from '../connection/messages.ts';
import { PlaybackReporter } from './playback-reporter.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A connection that receives two videos, which were played so far as `counts` says. */
function play() {
  const clock = new HandClock();
  const counts = [
    { framesReceived: 0, framesDropped: 0 },
    { framesReceived: 0, framesDropped: 0 },
  ];
  const told: PlayedFrames[] = [];
  const getStats = async () => {
    const streams = counts.map((count, index) => ({ type: 'inbound-rtp', kind: 'video', id: `${index}`, ...count }));
    return new Map([...streams, { type: 'codec', id: 'codec' }].map((stats) => [stats.id, stats])) as RTCStatsReport;
  };
  const reporter = new PlaybackReporter({ getStats }, clock, (frames) => told.push(frames));
  const pass = async (ms: number) => {
    clock.advance(ms);
    await settled();
  };
  return { counts, told, reporter, pass };
}

test('tells every fifteen seconds what came since the last time, of all videos together', async () => {
  const { counts, told, pass } = play();
  counts[0] = { framesReceived: 300, framesDropped: 3 };
  counts[1] = { framesReceived: 150, framesDropped: 0 };
  await pass(14_999);
  assert.deepEqual(told, []);
  await pass(1);
  counts[0] = { framesReceived: 700, framesDropped: 13 };
  await pass(15_000);
  assert.deepEqual(told, [
    { framesReceived: 450, framesDropped: 3 },
    { framesReceived: 400, framesDropped: 10 },
  ]);
});

test('tells nothing while nothing comes, and goes on where a stream has gone', async () => {
  const { counts, told, pass } = play();
  counts[0] = { framesReceived: 300, framesDropped: 3 };
  await pass(15_000);
  await pass(15_000);
  counts[0] = { framesReceived: 0, framesDropped: 0 };
  await pass(15_000);
  counts[0] = { framesReceived: 20, framesDropped: 1 };
  await pass(15_000);
  assert.deepEqual(told, [
    { framesReceived: 300, framesDropped: 3 },
    { framesReceived: 20, framesDropped: 1 },
  ]);
});

test('tells nothing more when it is stopped, whatever it was asking just then', async () => {
  const { counts, told, reporter, pass } = play();
  counts[0] = { framesReceived: 300, framesDropped: 3 };
  const asking = pass(15_000);
  reporter.stop();
  await asking;
  await pass(60_000);
  assert.deepEqual(told, []);
});

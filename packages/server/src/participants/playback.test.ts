import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Playback } from './playback.ts';

test('what a client drops is told in percent of what it receives', () => {
  const playback = new Playback();
  assert.equal(playback.droppedFramesPercent, undefined);
  playback.report({ framesReceived: 200, framesDropped: 3 });
  assert.equal(playback.droppedFramesPercent, 1.5);
});

test('more is not dropped than everything', () => {
  const playback = new Playback();
  playback.report({ framesReceived: 0, framesDropped: 30 });
  assert.equal(playback.droppedFramesPercent, 100);
});

test('a report of nothing says nothing', () => {
  const playback = new Playback();
  playback.report({ framesReceived: 0, framesDropped: 0 });
  assert.equal(playback.droppedFramesPercent, undefined);
});

test('an old report says nothing any more', () => {
  let nowMs = 0;
  const playback = new Playback(() => nowMs);
  playback.report({ framesReceived: 100, framesDropped: 1 });
  nowMs = 59_999;
  assert.equal(playback.droppedFramesPercent, 1);
  nowMs = 60_000;
  assert.equal(playback.droppedFramesPercent, undefined);
});

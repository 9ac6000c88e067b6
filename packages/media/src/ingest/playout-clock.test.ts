import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PlayoutClock } from './playout-clock.ts';

const FRAME_MS = 33;
const SECOND = 30;

describe('a playout clock', () => {
  it('sends what comes evenly as it comes', () => {
    const clock = new PlayoutClock();
    for (let frame = 0; frame < 10 * SECOND; frame += 1) {
      const arrivalMs = 5_000 + frame * FRAME_MS;
      clock.arrived('video', frame * FRAME_MS, arrivalMs);
      assert.equal(clock.dueMs(frame * FRAME_MS), arrivalMs);
    }
  });

  it('has the picture wait for sound that comes long after it', () => {
    const clock = new PlayoutClock();
    for (let frame = 0; frame < 10 * SECOND; frame += 1) {
      const mediaMs = frame * FRAME_MS;
      clock.arrived('video', mediaMs, mediaMs);
      clock.arrived('audio', mediaMs - 120, mediaMs);
      assert.equal(clock.dueMs(mediaMs), mediaMs + 120);
    }
  });

  it('takes over slowly what changes later', () => {
    const clock = new PlayoutClock();
    let before = 0;
    for (let frame = 0; frame < 40 * SECOND; frame += 1) {
      const mediaMs = frame * FRAME_MS;
      clock.arrived('video', mediaMs, mediaMs);
      clock.arrived('audio', mediaMs - (frame < 5 * SECOND ? 0 : 100), mediaMs);
      assert.ok(clock.dueMs(0) - before <= 0.01 * FRAME_MS);
      before = clock.dueMs(0);
    }
    assert.ok(Math.abs(before - 100) < 1, `${before} ms`);
  });

  it('does not wait for what comes in bursts, or after a stall', () => {
    const clock = new PlayoutClock();
    for (let frame = 0; frame < 20 * SECOND; frame += 1) {
      const mediaMs = frame * FRAME_MS;
      const burstMs = Math.ceil(mediaMs / 500) * 500;
      const stalls = mediaMs > 10_000 && mediaMs <= 14_000;
      clock.arrived('video', mediaMs, stalls ? 14_000 : burstMs);
      const isLastOfBurst = burstMs - mediaMs < FRAME_MS;
      if (isLastOfBurst && mediaMs > 2_000 && !stalls) assert.ok(clock.dueMs(mediaMs) - burstMs <= FRAME_MS);
    }
  });

  it('takes time slowly for what stands by and is later, a fifth of a second at most', () => {
    for (const latenessMs of [70, 5_000, 0]) {
      const clock = new PlayoutClock();
      let before = 0;
      for (let frame = 0; frame < 40 * SECOND; frame += 1) {
        const mediaMs = frame * FRAME_MS;
        if (frame === 5 * SECOND) clock.waitFor(latenessMs);
        clock.arrived('video', mediaMs, mediaMs);
        assert.ok(clock.dueMs(0) - before <= 0.01 * FRAME_MS);
        before = clock.dueMs(0);
      }
      assert.ok(Math.abs(before - Math.min(latenessMs, 200)) < 1, `${before} ms`);
    }
  });

  it('has nothing wait longer than half a second', () => {
    const clock = new PlayoutClock();
    for (let frame = 0; frame < 10 * SECOND; frame += 1) {
      const mediaMs = frame * FRAME_MS;
      clock.arrived('video', mediaMs, mediaMs);
      clock.arrived('audio', mediaMs - 4_000, mediaMs);
      assert.ok(clock.dueMs(mediaMs) - mediaMs <= 500);
    }
  });

  it('follows an encoder that sends faster than time goes by, without letting much wait', () => {
    const clock = new PlayoutClock();
    for (let frame = 0; frame < 20 * SECOND; frame += 1) {
      const arrivalMs = frame * 10;
      clock.arrived('video', frame * FRAME_MS, arrivalMs);
      assert.ok(clock.dueMs(frame * FRAME_MS) <= arrivalMs + 501);
    }
  });

  it('follows an encoder whose clock is slow', () => {
    const clock = new PlayoutClock();
    const drift = 1.0002;
    for (let frame = 0; frame < 100_000; frame += 1) clock.arrived('video', frame * FRAME_MS, frame * FRAME_MS * drift);
    const mediaMs = 99_999 * FRAME_MS;
    assert.ok(Math.abs(clock.dueMs(mediaMs) - mediaMs * drift) < 1);
    assert.ok(Math.abs((clock.mediaMs(mediaMs * drift) ?? 0) - mediaMs) < 1);
  });

  it('waits no more for a stream that has stopped, and again once it is back', () => {
    const clock = new PlayoutClock();
    for (let frame = 0; frame < 90 * SECOND; frame += 1) {
      const mediaMs = frame * FRAME_MS;
      clock.arrived('video', mediaMs, mediaMs);
      const isThere = frame < 5 * SECOND || frame >= 45 * SECOND;
      if (isThere) clock.arrived('audio', mediaMs - 120, mediaMs);
      if (frame === 6 * SECOND) assert.equal(clock.dueMs(0), 120, 'it may only be late');
      if (frame === 45 * SECOND - 1) assert.ok(Math.abs(clock.dueMs(0)) < 1, `${clock.dueMs(0)} ms`);
    }
    assert.ok(Math.abs(clock.dueMs(0) - 120) < 1, `${clock.dueMs(0)} ms`);
  });

  it('is not held back by what a stream was that has stopped', () => {
    const clock = new PlayoutClock();
    for (let frame = 0; frame < 30 * SECOND; frame += 1) {
      const mediaMs = frame * FRAME_MS;
      if (frame < 5 * SECOND) clock.arrived('video 1', mediaMs, mediaMs);
      clock.arrived('video', mediaMs, mediaMs + (frame < 10 * SECOND ? 0 : 2_000));
    }
    assert.equal(clock.dueMs(0), 2_000);
  });

  it('takes no stream for stopped after a stall of all', () => {
    const clock = new PlayoutClock();
    for (let frame = 0; frame < 10 * SECOND; frame += 1) {
      const mediaMs = frame * FRAME_MS;
      const arrivalMs = mediaMs > 5_000 && mediaMs <= 9_000 ? 9_000 : mediaMs;
      clock.arrived('video', mediaMs, arrivalMs);
      if (mediaMs <= 5_000 || mediaMs >= 6_000) clock.arrived('audio', mediaMs - 120, arrivalMs);
      assert.equal(clock.dueMs(0), 120);
    }
  });

  it('knows nothing before anything came', () => {
    assert.equal(new PlayoutClock().mediaMs(1_000), undefined);
  });
});

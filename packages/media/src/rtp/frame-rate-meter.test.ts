import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FrameRateMeter } from './frame-rate-meter.ts';

function rate(times: readonly number[]): number | undefined {
  const meter = new FrameRateMeter(90_000);
  for (const time of times) meter.add(time >>> 0);
  return meter.framesPerSecond;
}

const regular = (count: number, ticks: number, start = 0) => Array.from({ length: count }, (_, n) => start + n * ticks);

describe('a frame rate', () => {
  it('is not known with fewer than two frames, or when all have one time', () => {
    assert.equal(rate([]), undefined);
    assert.equal(rate([0]), undefined);
    assert.equal(rate([5, 5]), undefined);
  });

  it('is that of the RTP times, over their wrap too', () => {
    assert.equal(rate(regular(2, 3_000)), 30);
    assert.equal(rate(regular(100, 1_500, -60_000)), 60);
    assert.equal(rate(regular(30, 9_000)), 10);
  });

  it('forgets what is older than two seconds', () => {
    assert.equal(rate([...regular(40, 3_000), ...regular(60, 6_000, 120_000)]), 15);
  });

  it('does not mind the order, as with B-frames', () => {
    assert.equal(rate([0, 9_000, 3_000, 6_000, 18_000, 12_000, 15_000]), 30);
  });

  it('begins anew', () => {
    const meter = new FrameRateMeter(90_000);
    meter.add(0);
    meter.reset();
    meter.add(90_000);
    assert.equal(meter.framesPerSecond, undefined);
    meter.add(93_000);
    assert.equal(meter.framesPerSecond, 30);
  });
});

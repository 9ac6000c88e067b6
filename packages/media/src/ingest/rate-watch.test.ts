import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RateWatch } from './rate-watch.ts';

/** Second by second. @returns in which one it is told what */
function watch(
  framesPerSecond: (second: number) => number | undefined,
  audioBps: (second: number) => number = () => 0,
) {
  const rates = new RateWatch();
  let [pictures, audioBytes] = [0, 0];
  for (let second = 1; second <= 60; second += 1) {
    const rate = framesPerSecond(second);
    pictures += rate ?? 0;
    audioBytes += audioBps(second) / 8;
    const breach = rates.breach({
      tracks: [{ framesPerSecond: rate ?? 30, pictures }],
      audioBytes,
      audioMs: 1_000 * second,
    });
    if (breach) return [second, breach.violation];
  }
  return undefined;
}

describe('a rate watch', () => {
  it('lets the frame rates pass that stages take, and those near them', () => {
    for (const rate of [9.5, 10, 24, 30, 59.94, 60, 65])
      assert.equal(
        watch(() => rate),
        undefined,
      );
  });

  it('tells of too few and of too many pictures after ten seconds', () => {
    for (const rate of [5, 120])
      assert.deepEqual(
        watch(() => rate),
        [10, 'INVALID_INPUT'],
      );
  });

  it('bears a frame rate that drops now and then, and pictures that do not come at all', () => {
    assert.equal(
      watch((second) => (second % 10 === 0 ? 30 : 5)),
      undefined,
    );
    assert.equal(
      watch((second) => (second < 5 ? 30 : undefined)),
      undefined,
    );
  });

  it('judges each track of the video by itself', () => {
    const rates = new RateWatch();
    const breaches = Array.from({ length: 12 }, (_, second) => {
      const tracks = [
        { framesPerSecond: 30, pictures: 30 * second },
        { framesPerSecond: 5, pictures: 5 * second },
      ];
      return rates.breach({ tracks, audioBytes: 0, audioMs: 0 })?.violation;
    });
    assert.deepEqual([breaches.indexOf('INVALID_INPUT'), breaches.at(-1)], [10, 'INVALID_INPUT']);
  });

  it('tells of sound that takes too much on average', () => {
    const rate = () => 30;
    assert.equal(
      watch(rate, () => 170_000),
      undefined,
    );
    assert.equal(
      watch(rate, (second) => (second % 10 === 0 ? 320_000 : 150_000)),
      undefined,
    );
    assert.deepEqual(
      watch(rate, () => 320_000),
      [11, 'BITRATE_EXCEEDED'],
    );
  });
});

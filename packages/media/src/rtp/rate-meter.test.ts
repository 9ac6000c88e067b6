import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RateMeter } from './rate-meter.ts';

describe('a rate', () => {
  it('is the average over the window', () => {
    const meter = new RateMeter();
    for (let nowMs = 0; nowMs < 20_000; nowMs += 20) meter.add(1_000, nowMs);
    assert.equal(meter.perSecond(19_999), 50_000);
  });

  it('is not known before the window has gone by once', () => {
    const meter = new RateMeter(1_000);
    assert.equal(meter.perSecond(5_000), undefined);
    meter.add(8, 500);
    assert.equal(meter.perSecond(1_499), undefined);
    assert.equal(meter.perSecond(1_500), 0);
    meter.add(8, 1_600);
    assert.equal(meter.perSecond(1_700), 8);
  });

  it('falls to nothing once nothing comes, however long', () => {
    const meter = new RateMeter();
    meter.add(1_000_000, 0);
    meter.add(1_000_000, 9_000);
    assert.equal(meter.perSecond(10_000), 100_000);
    assert.equal(meter.perSecond(19_100), 0);
    assert.equal(meter.perSecond(Number.MAX_SAFE_INTEGER), 0);
  });

  it('takes what comes a little late, and leaves what comes too late', () => {
    const meter = new RateMeter();
    meter.add(10, 20_000);
    meter.add(10, 15_000);
    meter.add(10, 5_000);
    assert.equal(meter.perSecond(30_000 - 101), undefined);
    meter.add(20, 29_000);
    assert.equal(meter.perSecond(30_000), 2);
  });

  it('is never further from the truth than a hundredth of the window', () => {
    const additions = fc.array(fc.tuple(fc.nat(500), fc.nat(2_000)), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(additions, (list) => {
        const meter = new RateMeter(1_000);
        const seen: [number, number][] = [[0, 0]];
        meter.add(0, 0);
        let nowMs = 1_000;
        for (const [passedMs, amount] of list) {
          nowMs += passedMs;
          meter.add(amount, nowMs);
          seen.push([nowMs, amount]);
        }
        const since = (ageMs: number) =>
          seen.filter(([atMs]) => atMs > nowMs - ageMs).reduce((sum, [, amount]) => sum + amount, 0);
        const rate = meter.perSecond(nowMs) ?? Number.NaN;
        assert.ok(rate >= since(990) && rate <= since(1_000), `${since(990)} <= ${rate} <= ${since(1_000)}`);
      }),
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NetworkQuality } from './network-quality.ts';
import { QualityWindows, type StreamTotals } from './quality-windows.ts';

const { DOWN, POOR, NORMAL, GOOD, EXCELLENT } = NetworkQuality;

function totals(members: Partial<StreamTotals> = {}): StreamTotals {
  return { countedAtMs: 0, packets: 0, packetsLost: 0, roundTripTimeSeconds: 0.02, ...members };
}

describe('QualityWindows', () => {
  it('judges the first time by everything since the stream began', () => {
    const windows = new QualityWindows();
    assert.equal(windows.judge('a', totals({ countedAtMs: 5_000, packets: 1_000, packetsLost: 20 })), GOOD);
  });

  it('judges by what has happened since the call before', () => {
    const windows = new QualityWindows();
    windows.judge('a', totals({ packets: 1_000, packetsLost: 500 }));
    assert.equal(windows.judge('a', totals({ countedAtMs: 1_000, packets: 1_100, packetsLost: 500 })), EXCELLENT);
    assert.equal(windows.judge('a', totals({ countedAtMs: 2_000, packets: 1_200, packetsLost: 505 })), NORMAL);
    assert.equal(windows.judge('a', totals({ countedAtMs: 3_000, packets: 1_300, packetsLost: 605 })), POOR);
  });

  it('keeps its judgement for less than a second, and loses nothing of that time', () => {
    const windows = new QualityWindows();
    windows.judge('a', totals({ packets: 100 }));
    assert.equal(windows.judge('a', totals({ countedAtMs: 999, packets: 110, packetsLost: 10 })), EXCELLENT);
    assert.equal(windows.judge('a', totals({ countedAtMs: 1_000, packets: 200, packetsLost: 10 })), POOR);
  });

  it('keeps its judgement until the other end has counted again', () => {
    const windows = new QualityWindows();
    windows.judge('a', totals({ countedAtMs: 1_000, packets: 100, packetsLost: 5 }));
    assert.equal(windows.judge('a', totals({ countedAtMs: 1_000, packets: 900, packetsLost: 5 })), NORMAL);
  });

  it('goes by the round trip alone before the other end has counted', () => {
    const windows = new QualityWindows();
    const early = totals({ countedAtMs: undefined, packets: 3, roundTripTimeSeconds: 0.15 });
    assert.equal(windows.judge('a', early), GOOD);
    assert.equal(windows.judge('a', totals({ packets: 100, packetsLost: 50 })), POOR);
  });

  it('keeps streams apart', () => {
    const windows = new QualityWindows();
    windows.judge('hi', totals({ packets: 100, packetsLost: 50 }));
    assert.equal(windows.judge('low', totals({ packets: 100 })), EXCELLENT);
  });

  it('takes lost packets that come after all for no loss', () => {
    const windows = new QualityWindows();
    windows.judge('a', totals({ packets: 100, packetsLost: 50 }));
    assert.equal(windows.judge('a', totals({ countedAtMs: 1_000, packets: 200, packetsLost: 40 })), EXCELLENT);
  });

  it('takes a stream of which nothing was sent meanwhile for undisturbed', () => {
    const windows = new QualityWindows();
    windows.judge('a', totals({ packets: 100, packetsLost: 50 }));
    assert.equal(windows.judge('a', totals({ countedAtMs: 2_000, packets: 100, packetsLost: 50 })), EXCELLENT);
  });

  it('is down while nothing comes, and then counts what was lost', () => {
    const windows = new QualityWindows();
    windows.judge('a', totals({ packets: 100 }));
    assert.equal(windows.judge('a', undefined), DOWN);
    assert.equal(windows.judge('a', totals({ countedAtMs: 9_000, packets: 300, packetsLost: 100 })), POOR);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ledger, type Totals } from './ledger.ts';
import { bitrates, losses, writeReport } from './report.ts';

const nothing: Totals = new Ledger(1_000).read();
const generator = { cpuPercent: 1, busyPercent: 1, delayP99Ms: 1, droppedDatagrams: 0 };
const nobody = { wanted: 1, joined: 0 };

describe('a report', () => {
  test('tells losses of all packets that should have come, before and after repair', () => {
    const { lossBeforeRepairPercent, lossPercent } = losses({ received: 970, repaired: 20, lost: 10 });
    assert.deepEqual([lossBeforeRepairPercent, lossPercent], [3, 1]);
    assert.deepEqual(losses(nothing), { lossBeforeRepairPercent: 0, lossPercent: 0 });
  });

  test('tells bitrates of the time of measuring alone', () => {
    const begin = { ...nothing, sentBytes: 1_000_000, receivedBytes: 4_000_000, subscriptionMs: 9_000 };
    // Two seconds with four subscriptions.
    const end = { ...nothing, sentBytes: 1_500_000, receivedBytes: 6_000_000, subscriptionMs: 17_000 };
    assert.deepEqual(bitrates({ begin, end, elapsedMs: 2_000 }), {
      out: 2_000_000,
      in: 8_000_000,
      subscription: 2_000_000,
    });
    assert.deepEqual(bitrates({ begin, end: begin, elapsedMs: 0 }), { out: null, in: null, subscription: null });
  });

  test('of a test in which nobody came has no figures, and is JSON that says so', () => {
    const ledger = new Ledger(1_000);
    ledger.failed('publish', new Error('nobody is there'));
    const report = writeReport({
      interrupted: false,
      publishers: nobody,
      subscribers: { ...nobody, cameAgain: 0 },
      ledger,
      totals: ledger.read(),
      measured: undefined,
      generator,
    });
    const read = JSON.parse(JSON.stringify(report));
    assert.deepEqual(read, { ...report, generator: { ...report.generator } });
    assert.deepEqual(read.joinMs, { publishers: null, subscribers: null });
    assert.deepEqual([read.firstPacketMs, read.firstKeyFrameMs, read.latencyMs], [null, null, null]);
    assert.deepEqual(read.failures, [{ reason: 'publish: nobody is there', count: 1 }]);
    assert.equal(read.measuredSeconds, 0);
  });
});

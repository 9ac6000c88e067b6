import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Ordered, ReorderBuffer } from './reorder-buffer.ts';
import { packet } from './rtp.fixture.ts';

const at = (sequenceNumber: number) => packet({ sequenceNumber });

/** Sequence numbers as they are, losses as "from+count". */
function told(ordered: readonly Ordered[]): (number | string)[] {
  return ordered.map((each) => {
    if (each.type === 'packet') return each.packet.sequenceNumber;
    return each.type === 'lost' ? `${each.sequenceNumber}+${each.count}` : each.type;
  });
}

function pushAll(buffer: ReorderBuffer, sequenceNumbers: readonly number[], arrivalMs = 0): (number | string)[] {
  return sequenceNumbers.flatMap((each) => told(buffer.push(at(each), arrivalMs)));
}

describe('the reorder buffer', () => {
  it('passes on at once what is in order, over the wrap too', () => {
    const buffer = new ReorderBuffer();
    assert.deepEqual(told(buffer.push(at(65_535), 0)), [65_535]);
    assert.deepEqual(told(buffer.push(at(0), 0)), [0]);
  });

  it('holds what comes too early until the packets before it have come', () => {
    const buffer = new ReorderBuffer();
    assert.deepEqual(pushAll(buffer, [10, 12, 13]), [10]);
    assert.deepEqual(told(buffer.push(at(11), 20)), [11, 12, 13]);
  });

  it('tells a packet when it came, not when it came out', () => {
    const buffer = new ReorderBuffer();
    buffer.push(at(1), 0);
    buffer.push(at(3), 5);
    const arrivals = buffer.push(at(2), 9).map((each) => each.type === 'packet' && each.arrivalMs);
    assert.deepEqual(arrivals, [9, 5]);
  });

  it('drops what comes twice', () => {
    const buffer = new ReorderBuffer();
    assert.deepEqual(pushAll(buffer, [1, 1, 3, 3, 2, 3]), [1, 2, 3]);
    assert.equal(buffer.duplicates, 1);
    assert.equal(buffer.late, 2);
  });

  it('waits no longer than told, and counts what comes afterwards as late', () => {
    const buffer = new ReorderBuffer({ maximumWaitMs: 50 });
    pushAll(buffer, [1], 0);
    assert.deepEqual(told(buffer.push(at(4), 10)), []);
    assert.deepEqual(told(buffer.push(at(5), 59)), []);
    assert.deepEqual(told(buffer.expire(60)), ['2+2', 4, 5]);
    assert.deepEqual(told(buffer.push(at(2), 61)), []);
    assert.equal(buffer.late, 1);
    assert.equal(buffer.lost, 2);
  });

  it('waits for a second gap from when that was seen', () => {
    const buffer = new ReorderBuffer({ maximumWaitMs: 50 });
    pushAll(buffer, [1, 3], 0);
    buffer.push(at(5), 30);
    assert.deepEqual(told(buffer.expire(50)), ['2+1', 3]);
    assert.deepEqual(told(buffer.expire(79)), []);
    assert.deepEqual(told(buffer.expire(80)), ['4+1', 5]);
  });

  it('holds no more packets than told', () => {
    const buffer = new ReorderBuffer({ maximumPackets: 3 });
    assert.deepEqual(pushAll(buffer, [1, 3, 4, 5]), [1]);
    assert.deepEqual(told(buffer.push(at(6), 0)), ['2+1', 3, 4, 5, 6]);
  });

  it('lets out all at the end', () => {
    const buffer = new ReorderBuffer();
    pushAll(buffer, [1, 3, 6]);
    assert.deepEqual(told(buffer.flush()), ['2+1', 3, '4+2', 6]);
    assert.deepEqual(told(buffer.flush()), []);
    assert.deepEqual(told(buffer.push(at(100), 0)), [100]);
  });

  it('takes one packet from far away for a stray, two in a row for a new count', () => {
    const buffer = new ReorderBuffer();
    assert.deepEqual(pushAll(buffer, [1, 20_000, 2]), [1, 2]);
    assert.deepEqual(pushAll(buffer, [40_000, 40_001, 40_002]), ['restarted', 40_000, 40_001, 40_002]);
    assert.equal(buffer.lost, 0);
  });

  it('gives each packet once and in order, and accounts for every number, whatever comes', () => {
    const arrivals = fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.nat(30)), { maxLength: 200 });
    fc.assert(
      fc.property(fc.nat(0xffff), arrivals, (start, list) => {
        const buffer = new ReorderBuffer({ maximumPackets: 8, maximumWaitMs: 100 });
        const out: Ordered[] = [];
        let nowMs = 0;
        for (const [offset, passedMs] of list) {
          nowMs += passedMs;
          out.push(...buffer.push(at((start + offset) & 0xffff), nowMs));
        }
        out.push(...buffer.flush());
        let next: number | undefined;
        for (const each of out) {
          assert.notEqual(each.type, 'restarted');
          const [from, count] =
            each.type === 'packet'
              ? [each.packet.sequenceNumber, 1]
              : each.type === 'lost'
                ? [each.sequenceNumber, each.count]
                : [0, 0];
          if (next !== undefined) assert.equal(from, next);
          next = (from + count) & 0xffff;
        }
        const packets = out.filter(({ type }) => type === 'packet').length;
        assert.equal(packets + buffer.late + buffer.duplicates, list.length);
      }),
    );
  });
});

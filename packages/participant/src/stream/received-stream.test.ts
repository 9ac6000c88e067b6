import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Arrivals } from './arrivals.ts';
import { readHeaderExtension } from './header-extension.ts';
import { ReceivedStream } from './received-stream.ts';

function receive(stream: ReceivedStream, numbers: readonly number[], nowMs = 0): void {
  for (const number of numbers) stream.receive(number & 0xffff, 0, nowMs);
}

describe('a stream that is received', () => {
  test('counts what is missing, what came late and what came twice', () => {
    const stream = new ReceivedStream(1, 90_000);
    receive(stream, [10, 11, 14, 15, 13, 15, 14]);
    assert.deepEqual(stream.count, { received: 5, repaired: 0, lost: 1, asked: 0 });
  });

  test('counts on over the wrap', () => {
    const stream = new ReceivedStream(1, 90_000);
    receive(stream, [0xfffe, 0xffff, 1, 2, 0]);
    assert.deepEqual(stream.count, { received: 5, repaired: 0, lost: 0, asked: 0 });
    assert.equal(stream.report(0)?.highestSequenceNumber, 0x2_0002);
  });

  test('asks for a missing packet after a while, five times at most, until it comes', () => {
    const stream = new ReceivedStream(1, 90_000);
    receive(stream, [1, 4], 1_000);
    assert.deepEqual(stream.dueForNack(1_019), []);
    assert.deepEqual(stream.dueForNack(1_020), [2, 3]);
    assert.deepEqual(stream.dueForNack(1_100), []);
    stream.repair(2);
    stream.repair(2);
    for (let time = 1_200; time < 1_600; time += 100) assert.deepEqual(stream.dueForNack(time), [3]);
    assert.deepEqual(stream.dueForNack(5_000), []);
    assert.deepEqual(stream.count, { received: 2, repaired: 1, lost: 1, asked: 6 });
  });

  test('asks for the packets that go missing after thousands that never came', () => {
    const stream = new ReceivedStream(1, 90_000);
    stream.receive(0, 0, 0);
    for (let round = 1; round <= 10; round += 1) {
      const nowMs = 10_000 * round;
      stream.receive((round * 500) & 0xffff, 0, nowMs);
      for (let asked = 0; asked < 6; asked += 1) {
        assert.equal(stream.dueForNack(nowMs + 20 + 100 * asked).length, asked < 5 ? 499 : 0, `round ${round}`);
      }
    }
  });

  test('takes a jump for a new beginning', () => {
    const stream = new ReceivedStream(1, 90_000);
    receive(stream, [1, 3, 9_000, 9_001]);
    assert.deepEqual(stream.count, { received: 4, repaired: 0, lost: 1, asked: 0 });
  });

  test('reports losses since the last report', () => {
    const stream = new ReceivedStream(1, 90_000);
    assert.equal(stream.report(0), undefined);
    receive(stream, [1, 2, 3, 5]);
    assert.equal(stream.report(0)?.fractionLost, 1 / 5);
    stream.hearSenderReport(77, 1_000);
    const report = stream.report(1_500);
    assert.deepEqual([report?.fractionLost, report?.cumulativeLost], [0, 1]);
    assert.deepEqual([report?.lastSenderReport, report?.delaySinceLastSenderReport], [77, 32_768]);
  });
});

test('arrivals are told of once, with gaps, over the wrap', () => {
  const arrivals = new Arrivals();
  assert.equal(arrivals.take(), undefined);
  for (const number of [0xffff, 1, 2]) arrivals.add(number, number);
  assert.deepEqual(arrivals.take(), { baseSequenceNumber: 0xffff, arrivalsMs: [0xffff, undefined, 1, 2], count: 1 });
  arrivals.add(0, 5); // told of as missing
  assert.equal(arrivals.take(), undefined);
  arrivals.add(4, 6);
  assert.deepEqual(arrivals.take(), { baseSequenceNumber: 3, arrivalsMs: [undefined, 6], count: 2 });
});

test('a header extension of two bytes is found among others, or not at all', () => {
  const packet = Buffer.from(
    '9000000000000000000000 00bede0003 10aa 51 1234 00 42 010203 0000'.replaceAll(' ', ''),
    'hex',
  );
  assert.equal(readHeaderExtension(packet, 5), 0x1234);
  assert.equal(readHeaderExtension(packet, 1), undefined);
  assert.equal(readHeaderExtension(packet, 9), undefined);
  for (let length = 0; length < 21; length += 1) {
    assert.equal(readHeaderExtension(packet.subarray(0, length), 5), undefined);
  }
});

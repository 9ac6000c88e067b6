import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MalformedMedia, parseRtcp, readFeedback } from '@proscenium/media/rtp';
import { writeNack, writePictureLoss, writeReceiverReport, writeTransportFeedback } from './write-packets.ts';

const BLOCK = {
  ssrc: 0xdeadbeef,
  fractionLost: 0.25,
  cumulativeLost: -2,
  highestSequenceNumber: 0x1_0005,
  jitter: 90.7,
  lastSenderReport: 0x12345678,
  delaySinceLastSenderReport: 65_536,
};

describe('RTCP of a receiver', () => {
  test('writes a report with its blocks (RFC 3550 §6.4.2)', () => {
    assert.equal(
      writeReceiverReport(7, [BLOCK]).toString('hex'),
      '81c90007 00000007 deadbeef 40fffffe 00010005 0000005a 12345678 00010000'.replaceAll(' ', ''),
    );
    assert.throws(() => writeReceiverReport(7, new Array(32).fill(BLOCK)), RangeError);
  });

  test('asks for packets, and reads what is asked for, over the wrap', () => {
    const wanted = [0xfff0, 0xffff, 0, 1, 40];
    const nack = writeNack(1, 2, wanted);
    assert.equal(nack.length, 12 + 3 * 4);
    assert.deepEqual(readFeedback(nack), { missing: [{ ssrc: 2, sequenceNumbers: wanted }], keyFrames: [] });
  });

  test('asks for key frames, and reads both ways of asking', () => {
    const full = Buffer.from('84ce0004 00000001 00000000 00000003 01000000'.replaceAll(' ', ''), 'hex');
    const compound = Buffer.concat([writeReceiverReport(1, []), writePictureLoss(1, 2), full]);
    assert.deepEqual(readFeedback(compound), { missing: [], keyFrames: [2, 3] });
  });

  test('tells when packets came (transport-wide feedback §3.1)', () => {
    const arrivalsMs = [640.25, undefined, 641.25, 840, 830, undefined, undefined, 830.25];
    const packet = writeTransportFeedback(1, 2, { baseSequenceNumber: 0xfffe, arrivalsMs, count: 300 });
    assert.equal(
      packet.toString('hex'),
      [
        '8fcd0007 00000001 00000002',
        // First number, packets, reference of 10 × 64 ms, count.
        'fffe 0008 00000a 2c',
        // 01 00 01 10 10 00 00, then 01: one byte, missing, one byte, two bytes twice, missing twice; one byte.
        'd1a0 d000',
        // Quarters of milliseconds, each from the one before: 1, 4, 795, -40, 1.
        '01 04 031b ffd8 01 00',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  test('writes what the parser of the server takes as whole packets', () => {
    const packets = [
      writeReceiverReport(1, [BLOCK, BLOCK]),
      writeNack(1, 2, [5, 6, 90]),
      writePictureLoss(1, 2),
      writeTransportFeedback(1, 2, { baseSequenceNumber: 5, arrivalsMs: [1, 2, 3], count: 0 }),
    ];
    const compound = Buffer.concat(packets);
    assert.deepEqual(parseRtcp(compound), []);
    assert.throws(() => parseRtcp(compound.subarray(0, compound.length - 1)), MalformedMedia);
  });

  test('passes over what is cut off', () => {
    const nack = writeNack(1, 2, [5, 90]);
    for (let length = 0; length < 12; length += 1) {
      assert.deepEqual(readFeedback(nack.subarray(0, length)), { missing: [], keyFrames: [] });
    }
  });
});

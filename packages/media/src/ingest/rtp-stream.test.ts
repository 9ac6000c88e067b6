import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRtcp, parseRtpPacket, writeHeaderExtensions } from '../rtp/index.ts';
import { RtpStream } from './rtp-stream.ts';

describe('an RTP stream', () => {
  it('numbers its packets, and marks the last one of what is decoded at once', () => {
    const stream = open();
    const packets = [
      ...stream.writePicture(1_000, [Buffer.of(1), Buffer.of(2)]),
      ...stream.writePicture(1_033.3, [Buffer.of(3)]),
    ].map(parseRtpPacket);
    assert.deepEqual(
      packets.map(({ sequenceNumber, rtpTime, marker, payload }) => [sequenceNumber, rtpTime, marker, payload[0]]),
      [
        [1, 90_000, false, 1],
        [2, 90_000, true, 2],
        [3, 92_997, true, 3],
      ],
    );
    assert.ok(packets.every(({ ssrc, payloadType }) => ssrc === 7 && payloadType === 108));
  });

  it('marks sound that silence was before', () => {
    const stream = open();
    const extension = writeHeaderExtensions(new Map([[10, Buffer.of(30)]]));
    const packets = [true, false, false, true].map((begins, index) =>
      parseRtpPacket(stream.writeSound(20 * index, Buffer.of(index), begins, extension)),
    );
    assert.deepEqual(
      packets.map(({ sequenceNumber, marker }) => [sequenceNumber, marker]),
      [
        [1, true],
        [2, false],
        [3, false],
        [4, true],
      ],
    );
  });

  it('repeats what is still at hand', () => {
    const stream = open();
    const first = stream.writePicture(0, [Buffer.of(0)]);
    assert.deepEqual(stream.repeat([1, 2]), first);
    const others = Array.from({ length: 600 }, (_, index) => stream.writePicture(index, [Buffer.of(1)]));
    assert.deepEqual(stream.repeat([1, 601]), others.at(-1));
    assert.deepEqual(stream.repeat([602, 0]), []);
  });

  it('goes on counting where the numbers of packets and RTP times begin anew', () => {
    const stream = open();
    let last = stream.writePicture(-10, [Buffer.of(0)]);
    assert.equal(parseRtpPacket(last[0] as Buffer).rtpTime, 2 ** 32 - 900);
    for (let count = 1; count <= 65_536; count += 1) last = stream.writePicture(50 * 3_600_000, [Buffer.of(0)]);
    const { sequenceNumber, rtpTime } = parseRtpPacket(last[0] as Buffer);
    assert.deepEqual([sequenceNumber, rtpTime], [1, (50 * 3_600 * 90_000) % 2 ** 32]);
    assert.deepEqual(stream.repeat([1]), last);
  });

  it('tells what time its media time is', () => {
    const stream = open();
    stream.writePicture(0, [Buffer.alloc(100), Buffer.alloc(50)]);
    const wallClockMs = Date.UTC(2026, 0, 1);
    const [report] = parseRtcp(stream.report(2_000, wallClockMs));
    assert.deepEqual(report, {
      type: 'senderReport',
      ssrc: 7,
      wallClockMs,
      rtpTime: 180_000,
      packetCount: 2,
      octetCount: 150,
    });
  });
});

function open(): RtpStream {
  return new RtpStream({ payloadType: 108, ssrc: 7 }, 90_000);
}

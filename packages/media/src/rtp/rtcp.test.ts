import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MalformedMedia } from './malformed-media.ts';
import { parseRtcp, writeSenderReport } from './rtcp.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const report = {
  ssrc: 5,
  wallClockMs: Date.UTC(2026, 10, 21, 8),
  rtpTime: 0xfffffff0,
  packetCount: 7,
  octetCount: 900,
};

describe('RTCP', () => {
  it('tells the wall clock and the RTP time of a sender', () => {
    // 2024-01-01T00:00:00.5Z is second 3913056000 of NTP.
    const data = hex(
      '80c80006 00000005 e93c9e00 80000000 00000064 00000002 00000300'.replace(
        'e93c9e00',
        (3_913_056_000).toString(16),
      ),
    );
    assert.deepEqual(parseRtcp(data), [
      {
        type: 'senderReport',
        ssrc: 5,
        wallClockMs: Date.UTC(2024, 0, 1, 0, 0, 0, 500),
        rtpTime: 100,
        packetCount: 2,
        octetCount: 768,
      },
    ]);
  });

  it('may have a sender without a clock', () => {
    const [read] = parseRtcp(writeSenderReport({ ...report, wallClockMs: undefined }));
    assert.equal(read?.type === 'senderReport' && read.wallClockMs, undefined);
  });

  it('goes on over the turn of the era in 2036', () => {
    const wallClockMs = Date.UTC(2040, 0, 1);
    assert.deepEqual(parseRtcp(writeSenderReport({ ...report, wallClockMs })), [
      { type: 'senderReport', ...report, wallClockMs },
    ]);
  });

  it('tells who says farewell, and passes over what is not asked for', () => {
    const receiverReport = '80c90001 00000001';
    const description = '81ca0002 00000001 00000000';
    const farewell = '82cb0003 00000005 00000006 02686900';
    assert.deepEqual(parseRtcp(hex(`${receiverReport} ${description} ${farewell}`)), [{ type: 'bye', ssrcs: [5, 6] }]);
  });

  it('takes report blocks behind what the sender says', () => {
    const data = Buffer.concat([writeSenderReport(report), Buffer.alloc(24)]);
    data[0] = 0x81;
    data.writeUInt16BE(12, 2);
    assert.deepEqual(parseRtcp(data), [{ type: 'senderReport', ...report }]);
  });

  it('is refused when it is cut off, lies about its length or is no RTCP', () => {
    const whole = writeSenderReport(report);
    for (const data of [
      whole.subarray(0, 27),
      hex('80c8'),
      hex('80c80001 00000005'),
      hex('81c80006').fill(0, 4),
      Buffer.concat([hex('83c80006'), whole.subarray(4)]),
      hex('85cb0001 00000005'),
      hex('40c80000'),
    ]) {
      assert.throws(() => parseRtcp(data), MalformedMedia);
    }
  });

  it('is refused when it holds packets without end', () => {
    assert.throws(() => parseRtcp(Buffer.concat(Array.from({ length: 65 }, () => hex('80c90000')))), /Too many/);
  });

  it('is read as it was written, to the millisecond', () => {
    const reports = fc.record({
      ssrc: fc.nat(0xffffffff),
      wallClockMs: fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2090, 0) }),
      rtpTime: fc.nat(0xffffffff),
      packetCount: fc.nat(0xffffffff),
      octetCount: fc.nat(0xffffffff),
    });
    fc.assert(
      fc.property(reports, (each) => {
        const [read] = parseRtcp(writeSenderReport(each));
        assert.ok(read?.type === 'senderReport' && read.wallClockMs !== undefined);
        assert.ok(Math.abs(read.wallClockMs - each.wallClockMs) < 0.01);
        assert.deepEqual({ ...read, wallClockMs: each.wallClockMs }, { type: 'senderReport', ...each });
      }),
    );
  });
});

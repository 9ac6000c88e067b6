import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MalformedMedia, type MalformedReason } from './malformed-media.ts';
import { isRtcp, parseRtpPacket, writeRtpPacket } from './packet.ts';
import { bytes, packet } from './rtp.fixture.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const HEADER = '80 e0 ffff fffffffe 00000007';

function refuses(data: Buffer, reason: MalformedReason): void {
  assert.throws(
    () => parseRtpPacket(data),
    (error) => error instanceof MalformedMedia && error.reason === reason,
  );
}

describe('an RTP packet', () => {
  it('is read field by field', () => {
    const read = parseRtpPacket(hex(`${HEADER} 0102`));
    assert.deepEqual(
      read,
      packet({ marker: true, sequenceNumber: 65_535, rtpTime: 0xfffffffe, ssrc: 7, payload: hex('0102') }),
    );
  });

  it('keeps its payload as a view, without a copy', () => {
    const data = hex(`${HEADER} 0102`);
    const { payload } = parseRtpPacket(data);
    data[12] = 9;
    assert.equal(payload[0], 9);
  });

  it('may have sources, an extension and padding before and after its payload', () => {
    const read = parseRtpPacket(hex(`b1 60 0001 00000002 00000003 0000000a bede0001 10aa0000 0506 000003`));
    assert.deepEqual(read.csrcs, [10]);
    assert.deepEqual(read.extension, { profile: 0xbede, data: hex('10aa0000') });
    assert.deepEqual(read.payload, hex('0506'));
    assert.equal(read.marker, false);
  });

  it('may be padding alone, as probes are', () => {
    assert.equal(parseRtpPacket(hex('a0 60 0001 00000002 00000003 000003')).payload.length, 0);
  });

  it('is refused when it is cut off', () => {
    refuses(Buffer.alloc(0), 'TRUNCATED');
    refuses(hex('80 60 0001 00000002 000000'), 'TRUNCATED');
    refuses(hex('82 60 0001 00000002 00000003 0000000a 0000'), 'TRUNCATED');
    refuses(hex('90 60 0001 00000002 00000003 bede'), 'TRUNCATED');
    refuses(hex('90 60 0001 00000002 00000003 bede0002 00000000'), 'TRUNCATED');
  });

  it('is refused when it lies about its padding', () => {
    refuses(hex('a0 60 0001 00000002 00000003 00'), 'INVALID');
    refuses(hex('a0 60 0001 00000002 00000003 0102'.replace('0102', '0004')), 'INVALID');
    refuses(hex('a0 60 0001 00000002 00000003'), 'INVALID');
  });

  it('is refused when it is no RTP', () => {
    refuses(hex('40 60 0001 00000002 00000003'), 'INVALID');
    refuses(hex('80 c8 0006 00000002 00000003'), 'INVALID');
    assert.equal(isRtcp(hex('80 c8 0006')), true);
    assert.equal(isRtcp(hex('80 e0 0006')), false);
  });

  it('is refused when it, or its extension, is beyond all measure', () => {
    refuses(Buffer.concat([hex(HEADER), Buffer.alloc(65_535)]), 'LIMIT');
    refuses(Buffer.concat([hex('90 60 0001 00000002 00000003 beDE 0100'), Buffer.alloc(1_024)]), 'LIMIT');
  });

  it('is read as it was written, whatever is in it', () => {
    const words = fc.nat(8).chain((count) => bytes({ minLength: 4 * count, maxLength: 4 * count }));
    const packets = fc.record(
      {
        payloadType: fc.oneof(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 96, max: 127 })),
        marker: fc.boolean(),
        sequenceNumber: fc.nat(0xffff),
        rtpTime: fc.nat(0xffffffff),
        ssrc: fc.nat(0xffffffff),
        csrcs: fc.array(fc.nat(0xffffffff), { maxLength: 15 }),
        extension: fc.option(fc.record({ profile: fc.nat(0xffff), data: words }, { noNullPrototype: true }), {
          nil: undefined,
        }),
        payload: bytes({ maxLength: 40 }),
      },
      { noNullPrototype: true },
    );
    fc.assert(fc.property(packets, (each) => assert.deepEqual(parseRtpPacket(writeRtpPacket(each)), each)));
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { splitByteStream, unescapePayload } from './nal-unit.ts';
import { bytes } from './rtp.fixture.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('a byte stream', () => {
  it('is split at start codes of three and of four bytes', () => {
    const units = splitByteStream(hex('00000001 6742 000001 68 00000001 6588ff'));
    assert.deepEqual(units, [hex('6742'), hex('68'), hex('6588ff')]);
  });

  it('has none before the first start code, nor between two that follow each other', () => {
    assert.deepEqual(splitByteStream(hex('aabb')), []);
    assert.deepEqual(splitByteStream(hex('aa 000001 000001 67')), [hex('67')]);
  });

  it('gives back what was put together', () => {
    const unit = bytes({ maxLength: 20 }).map((body) => Buffer.from([0x65, ...escaped(body), 0x80]));
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 8 }), fc.boolean(), (units, long) => {
        const code = long ? hex('00000001') : hex('000001');
        assert.deepEqual(splitByteStream(Buffer.concat(units.flatMap((each) => [code, each]))), units);
      }),
    );
  });
});

describe('the payload of a NAL unit', () => {
  it('is without header and without what prevents start codes', () => {
    assert.deepEqual(unescapePayload(hex('67 000003 01 000003 000003 0003')), hex('0000 01 0000 0000 0003'));
  });

  it('may be read in part, and of nothing is nothing', () => {
    assert.deepEqual(unescapePayload(hex('65 010203'), 3), hex('0102'));
    assert.equal(unescapePayload(Buffer.alloc(0)).length, 0);
  });

  it('is what was escaped', () => {
    const manyZeros = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 }), fc.nat(255)), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(manyZeros, (values) => {
        const body = Buffer.from([...values, 0x80]);
        assert.deepEqual(unescapePayload(Buffer.concat([Buffer.of(0x67), escaped(body)])), body);
      }),
    );
  });
});

/** ITU-T H.264 §7.4.1, the writer's side: after two zeros, 3 goes before what is 3 or less. */
function escaped(body: Buffer): Buffer {
  const out: number[] = [];
  let zeros = 0;
  for (const byte of body) {
    if (zeros === 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    out.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Buffer.from(out);
}

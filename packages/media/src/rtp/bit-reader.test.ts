import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BitReader } from './bit-reader.ts';
import { MalformedMedia } from './malformed-media.ts';

/** A string of bits, filled up with zeros. */
function reader(bits: string): BitReader {
  const filled = bits.padEnd(8 * Math.ceil(bits.length / 8), '0');
  return new BitReader(Buffer.from((filled.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))));
}

function code(value: number): string {
  const binary = (value + 1).toString(2);
  return '0'.repeat(binary.length - 1) + binary;
}

describe('a bit reader', () => {
  it('reads fields of any length, across bytes, up to 32 bits', () => {
    const bits = reader(`101${'1'.repeat(32)}0`);
    assert.equal(bits.bits(3), 5);
    assert.equal(bits.bits(32), 0xffffffff);
    assert.equal(bits.flag(), false);
    assert.equal(bits.bitsLeft, 4);
  });

  it('reads numbers of variable length (table 9-2)', () => {
    const bits = reader('1 010 011 00100 00101'.replaceAll(' ', ''));
    assert.deepEqual(
      [0, 1, 2, 3, 4].map(() => bits.unsigned(10)),
      [0, 1, 2, 3, 4],
    );
    const signed = reader('1 010 011 00100 00101'.replaceAll(' ', ''));
    assert.deepEqual(
      [0, 1, 2, 3, 4].map(() => signed.signed()),
      [0, 1, -1, 2, -2],
    );
  });

  it('reads what was written, up to the largest', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xfffffffe), { maxLength: 20 }), (values) => {
        const bits = reader(values.map(code).join(''));
        for (const value of values) assert.equal(bits.unsigned(0xfffffffe), value);
      }),
    );
  });

  it('refuses to read beyond the end', () => {
    const refused = (read: () => unknown) =>
      assert.throws(read, (error) => error instanceof MalformedMedia && error.reason === 'TRUNCATED');
    refused(() => reader('1010').bits(9));
    refused(() => new BitReader(Buffer.alloc(0)).flag());
    refused(() => reader('00000000').unsigned(10));
    refused(() => reader('00001111').unsigned(100));
  });

  it('refuses numbers above what is allowed, and of more than 32 bits', () => {
    assert.throws(() => reader(code(8)).unsigned(7), MalformedMedia);
    assert.throws(() => reader(`${'0'.repeat(33)}${'1'.repeat(34)}`).unsigned(Infinity), /more than 32 bits/);
  });
});

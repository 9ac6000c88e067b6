import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeH264 } from './encode.fixture.ts';
import { MalformedMedia } from './malformed-media.ts';
import { NAL_UNIT_TYPE, nalUnitType, splitByteStream } from './nal-unit.ts';
import { readSequenceParameterSet } from './sequence-parameter-set.ts';

function firstSet(stream: Buffer): Buffer {
  const set = splitByteStream(stream).find((unit) => nalUnitType(unit) === NAL_UNIT_TYPE.sequenceParameterSet);
  assert.ok(set);
  return set;
}

/** A NAL unit of type 7: bits as text, numbers written in variable length. */
function set(profileIdc: number, ...fields: (string | number)[]): Buffer {
  const bits = fields.map((field) => (typeof field === 'string' ? field : code(field))).join('');
  const filled = `${bits}1`.padEnd(8 * Math.ceil((bits.length + 1) / 8), '0');
  const body = (filled.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  return Buffer.from([0x67, profileIdc, 0xc0, 31, ...body]);
}

function code(value: number): string {
  const binary = (value + 1).toString(2);
  return '0'.repeat(binary.length - 1) + binary;
}

/** Of a baseline stream: id, frame number bits - 4, order type 2, references, gaps, width and height in macroblocks - 1. */
const start = [0, 0, 2, 1, '0'];

describe('a sequence parameter set', () => {
  it('tells the timing and how far pictures are reordered', () => {
    const pyramid = encodeH264({ arguments: ['-bf', '3', '-b_strategy', '0'], x264: 'b-pyramid=normal', frames: 2 });
    const { usability } = readSequenceParameterSet(firstSet(pyramid));
    assert.equal(usability?.maximumReorderFrames, 2);
    assert.ok(usability.timing);
    assert.equal(usability.timing.timeScale / (2 * usability.timing.unitsInTick), 30);
    const plain = readSequenceParameterSet(firstSet(encodeH264({ arguments: ['-bf', '0'], frames: 2 })));
    assert.equal(plain.usability?.maximumReorderFrames, 0);
  });

  it('holds the rule of a cycle of expected differences (type 1)', () => {
    // always zero: no; offsets -1 (code 2), 1 (code 1); two in the cycle: 2 (code 3), -3 (code 6).
    const rule = [1, '0', 2, 1, 2, 3, 6];
    const read = readSequenceParameterSet(set(66, 0, 0, ...rule, 1, '0', 19, 11, '1', '1', '0', '0'));
    assert.deepEqual(read.pictureOrder, {
      type: 1,
      alwaysZero: false,
      nonReferenceOffset: -1,
      topToBottomOffset: 1,
      referenceOffsets: [2, -3],
    });
    assert.deepEqual([read.width, read.height], [320, 192]);
  });

  it('counts lines twice, and crops by four of them, when it is of fields', () => {
    const read = readSequenceParameterSet(set(77, ...start, 119, 33, '0', '0', '1', '1', 0, 0, 0, 2, '0'));
    assert.deepEqual([read.width, read.height, read.framesOnly], [1_920, 1_080, false]);
  });

  it('is refused when it is too large, crops all away or holds what is not allowed', () => {
    for (const fields of [
      [...start, 1_024, 11, '1', '1', '0', '0'],
      [...start, 0, 0, '1', '1', '1', 4, 4, 0, 0, '0'],
      [32, 0, 2, 1, '0', 0, 0, '1', '1', '0', '0'],
      [0, 13, 2, 1, '0', 0, 0, '1', '1', '0', '0'],
      [0, 0, 3, 1, '0', 0, 0, '1', '1', '0', '0'],
      [0, 0, 2, 17, '0', 0, 0, '1', '1', '0', '0'],
      [0, 0, 1, '0', 0, 0, 256],
    ]) {
      assert.throws(
        () => readSequenceParameterSet(set(66, ...fields)),
        (error) => error instanceof MalformedMedia && error.reason === 'INVALID',
      );
    }
    assert.throws(() => readSequenceParameterSet(Buffer.alloc(5_000, 0x67)), /too long/);
  });

  it('is refused wherever it is cut off', () => {
    const whole = firstSet(encodeH264({ arguments: ['-bf', '0'], frames: 1 }));
    // The last byte may hold nothing but the end.
    for (let length = 0; length < whole.length - 1; length += 1) {
      assert.throws(() => readSequenceParameterSet(whole.subarray(0, length)), MalformedMedia);
    }
  });
});

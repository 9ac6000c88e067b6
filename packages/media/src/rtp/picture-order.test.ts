import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessUnits, type Encoding, encodeH264, probe } from './encode.fixture.ts';
import { NAL_UNIT_TYPE, nalUnitType } from './nal-unit.ts';
import { PictureOrder } from './picture-order.ts';
import {
  type PictureOrderRule,
  readSequenceParameterSet,
  type SequenceParameterSet,
} from './sequence-parameter-set.ts';
import {
  type PictureParameterSet,
  readPictureParameterSet,
  readSliceHeader,
  type SliceHeader,
} from './slice-header.ts';

interface Ordered {
  readonly type: string;
  /** Which IDR picture it follows, then its count. */
  readonly place: readonly [number, number];
}

function decode(stream: Buffer): { pictures: Ordered[]; rule: PictureOrderRule['type'] | undefined } {
  const sequence = new Map<number, SequenceParameterSet>();
  const picture = new Map<number, PictureParameterSet>();
  const order = new PictureOrder();
  let period = 0;
  const pictures = accessUnits(stream).map(({ units }): Ordered => {
    for (const unit of units) {
      if (nalUnitType(unit) === NAL_UNIT_TYPE.sequenceParameterSet) sequence.set(0, readSequenceParameterSet(unit));
      if (nalUnitType(unit) === NAL_UNIT_TYPE.pictureParameterSet) picture.set(0, readPictureParameterSet(unit));
    }
    const slice = units.find((unit) => [1, 5].includes(nalUnitType(unit)));
    assert.ok(slice);
    const read = readSliceHeader(slice, { sequence, picture });
    assert.ok(read);
    if (read.header.idr) period += 1;
    return { type: read.header.type, place: [period, order.next(read.header, read.sequenceSet)] };
  });
  return { pictures, rule: sequence.get(0)?.pictureOrder.type };
}

function shown(pictures: readonly Ordered[]): string {
  return [...pictures]
    .sort((a, b) => a.place[0] - b.place[0] || a.place[1] - b.place[1])
    .map(({ type }) => type)
    .join('');
}

describe('the order of pictures', () => {
  const streams: [name: string, rule: 0 | 2, encoding: Encoding][] = [
    ['B-frames, through many turns of the count', 0, { frames: 150, size: '64x64', arguments: ['-bf', '3'] }],
    [
      'a pyramid and several key frames',
      0,
      { frames: 60, arguments: ['-bf', '5', '-g', '17'], x264: 'b-pyramid=normal' },
    ],
    ['interlaced', 0, { frames: 30, arguments: ['-bf', '2', '-flags', '+ildct+ilme'], x264: 'interlaced=1' }],
    ['by frame numbers', 2, { frames: 60, size: '64x64', arguments: ['-bf', '0', '-g', '25'] }],
  ];
  for (const [name, rule, encoding] of streams) {
    it(`is the one in which FFmpeg shows them: ${name}`, () => {
      const stream = encodeH264({ ...encoding, arguments: [...(encoding.arguments ?? []), '-b_strategy', '0'] });
      const decoded = decode(stream);
      const { types } = probe(stream);
      assert.equal(decoded.rule, rule);
      assert.equal(types.includes('B'), rule === 0);
      assert.equal(shown(decoded.pictures), types);
    });
  }

  it('follows a cycle of expected differences (type 1)', () => {
    const set = { frameNumberBits: 4, pictureOrder: cycle([2, 4]) } as SequenceParameterSet;
    const order = new PictureOrder();
    const counts = [
      slice({ idr: true, frameNumber: 0 }),
      slice({ frameNumber: 1 }),
      slice({ frameNumber: 2 }),
      slice({ frameNumber: 3, reference: false }),
      slice({ frameNumber: 3, pictureOrderDeltas: [1, 0] }),
    ].map((each) => order.next(each, set));
    // §8.2.1.2: after 1, 2 and 3 reference frames the sums are 2, 6 and 8; others stand 1 before what they follow.
    assert.deepEqual(counts, [0, 2, 6, 5, 9]);
  });

  it('goes on when frame numbers of a cycle wrap, and begins anew with an IDR picture', () => {
    const set = { frameNumberBits: 4, pictureOrder: cycle([2]) } as SequenceParameterSet;
    const order = new PictureOrder();
    order.next(slice({ idr: true, frameNumber: 0 }), set);
    assert.equal(order.next(slice({ frameNumber: 15 }), set), 30);
    assert.equal(order.next(slice({ frameNumber: 0 }), set), 32);
    assert.equal(order.next(slice({ idr: true, frameNumber: 0 }), set), 0);
  });

  it('of a field of a cycle is its own, of a frame that of its earlier field', () => {
    const rule: PictureOrderRule = { ...cycle([4]), topToBottomOffset: -1 };
    const set = { frameNumberBits: 4, pictureOrder: rule } as SequenceParameterSet;
    const count = (fields: Partial<SliceHeader>) => new PictureOrder().next(slice({ frameNumber: 1, ...fields }), set);
    assert.equal(count({ field: 'top' }), 4);
    assert.equal(count({ field: 'bottom' }), 3);
    assert.equal(count({}), 3);
    assert.equal(count({ pictureOrderDeltas: [0, 5] }), 4);
  });
});

function cycle(referenceOffsets: number[]): Extract<PictureOrderRule, { type: 1 }> {
  return { type: 1, alwaysZero: false, nonReferenceOffset: -1, topToBottomOffset: 0, referenceOffsets };
}

function slice(fields: Partial<SliceHeader>): SliceHeader {
  return {
    firstMacroblock: 0,
    type: 'P',
    idr: false,
    reference: true,
    frameNumber: 0,
    field: undefined,
    pictureOrderLsb: 0,
    pictureOrderDeltaBottom: 0,
    pictureOrderDeltas: [0, 0],
    ...fields,
  };
}

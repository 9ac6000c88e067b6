import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { orderBySize } from './layer-order.ts';

describe('the order of layers by size', () => {
  it('stays when sizes grow, are equal or are unknown', () => {
    for (const areas of [[1, 2, 3], [1, 1, 1], [1, undefined, 3], [undefined, 2, 2], [undefined, undefined], [5], []]) {
      assert.equal(orderBySize(areas), undefined);
    }
  });

  it('is put right', () => {
    assert.deepEqual(orderBySize([3, 2, 1]), [2, 1, 0]);
    assert.deepEqual(orderBySize([2, 1]), [1, 0]);
    assert.deepEqual(orderBySize([2, 3, 1]), [2, 0, 1]);
  });

  it('leaves layers that are not measured in their places', () => {
    assert.deepEqual(orderBySize([3, undefined, 1]), [2, 1, 0]);
    assert.deepEqual(orderBySize([undefined, 3, 1]), [0, 2, 1]);
  });

  it('is right after one change, whatever it was', () => {
    const areas = fc.array(fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }), { maxLength: 3 });
    fc.assert(
      fc.property(areas, (before) => {
        const order = orderBySize(before);
        if (!order) return;
        assert.deepEqual(order.toSorted(), [...before.keys()]);
        assert.equal(orderBySize(order.map((index) => before[index])), undefined);
      }),
    );
  });
});

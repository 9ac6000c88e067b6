import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Lane } from './lane.ts';

/** All that is in it, oldest first. */
function empty(lane: Lane): number[] {
  const seqs: number[] = [];
  for (let { first } = lane; first !== undefined; first = lane.first) {
    seqs.push(first);
    assert.equal(lane.remove(new Set([first])), 1);
  }
  return seqs;
}

test('whatever ends in a lane, the others stay in their order', () => {
  const seqs = fc
    .uniqueArray(fc.nat(5_000), { maxLength: 3_000 })
    .map((each) => each.toSorted((one, two) => one - two));
  const property = fc.property(seqs, fc.array(fc.uniqueArray(fc.nat(6_000), { minLength: 1 })), (all, removals) => {
    const lane = new Lane('arn');
    for (const seq of all) lane.add(seq);
    let left = all;
    for (const removal of removals) {
      const ended = new Set(removal);
      const staying = left.filter((seq) => !ended.has(seq));
      assert.equal(lane.remove(ended), left.length - staying.length);
      left = staying;
      assert.equal(lane.size, left.length);
      assert.equal(lane.first, left[0]);
    }
    assert.deepEqual(empty(lane), left);
    assert.equal(lane.first, undefined);
  });
  fc.assert(property);
});

test('a lane goes on while it is emptied', () => {
  const lane = new Lane('arn');
  for (let seq = 0; seq < 3_000; seq += 1) {
    lane.add(2 * seq);
    lane.add(2 * seq + 1);
    assert.equal(lane.first, seq);
    lane.remove(new Set([seq]));
  }
  assert.equal(lane.size, 3_000);
  assert.deepEqual(
    empty(lane),
    Array.from({ length: 3_000 }, (_, index) => 3_000 + index),
  );
});

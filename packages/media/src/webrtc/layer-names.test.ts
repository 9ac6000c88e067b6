import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { orderByName } from './layer-names.ts';

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

describe('the names of layers', () => {
  for (const names of [
    ['low', 'mid', 'hi'],
    ['low', 'medium', 'high'],
    ['q', 'h', 'f'],
    ['l', 'm', 'h'],
    ['2', '1', '0'],
    ['r0', 'r1', 'r2'],
    ['q', 'h'],
    ['low', 'hi'],
    ['LOW', 'HI'],
    ['1', '0'],
  ]) {
    it(`tell that ${names.join(' < ')}, in whatever order they are offered`, () => {
      for (const offered of permutations(names)) assert.deepEqual(orderByName(offered), names);
    });
  }

  it('are taken as they are offered when nobody has agreed on them', () => {
    for (const names of [['a', 'c', 'b'], ['hi', 'low', 'x'], ['q', 'low'], ['constructor']]) {
      assert.deepEqual(orderByName(names), names);
    }
  });
});

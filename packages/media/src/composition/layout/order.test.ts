import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ids, participant } from './layout.fixture.ts';
import { inOrder } from './order.ts';

/** The order of participants with these values; an undefined one has no such attribute. */
function orderOf(...values: (string | undefined)[]): string {
  const people = values.map((value, index) =>
    participant(value ?? `none${index}`, value === undefined ? {} : { place: value }),
  );
  return ids(inOrder(people, 'place'));
}

describe('the order of participants', () => {
  it('is that of their numbers, not of their digits', () => {
    assert.equal(orderOf('10', '9', '-1', '0', '-20', '007'), '-20 -1 0 007 9 10');
  });

  it('is right for numbers that are larger than a double tells apart', () => {
    assert.equal(orderOf('9007199254740993', '9007199254740992'), '9007199254740992 9007199254740993');
    const huge = '9'.repeat(200);
    assert.equal(orderOf(huge, '1', `-${huge}`), `-${huge} 1 ${huge}`);
  });

  it('has those without a whole number behind, as they arrived', () => {
    const notWhole = ['abc', '1.5', '', ' 1', '1 ', '+1', '1e3', '0x10', '--1', '-', '١', '1\n'];
    for (const value of notWhole)
      assert.equal(orderOf(value, undefined, '5'), `5 ${value} none1`, JSON.stringify(value));
  });

  it('is that of arrival among equals', () => {
    const people = [
      participant('a', { place: '1' }),
      participant('b', { place: '01' }),
      participant('c', { place: '1' }),
    ];
    assert.equal(ids(inOrder(people, 'place')), 'a b c');
    assert.equal(ids(inOrder(people.toReversed(), 'place')), 'c b a');
    assert.equal(orderOf('-0', '0'), '-0 0');
  });

  it('is that of arrival when the layout names no attribute', () => {
    assert.equal(ids(inOrder([participant('a', { '': '2' }), participant('b', { '': '1' })], '')), 'a b');
  });

  it('does not take what every object has for an attribute', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      assert.equal(ids(inOrder([participant('a'), participant('b', { place: '1' })], name)), 'a b');
    }
  });

  it('keeps everybody, and does not depend on where those without a number stand', () => {
    const value = fc.option(fc.oneof(fc.bigInt({ min: -50n, max: 50n }).map(String), fc.string()), { nil: undefined });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), (values) => {
        const people = values.map((place, index) => participant(`${index}`, place === undefined ? {} : { place }));
        const before = [...people];
        const ordered = inOrder(people, 'place');
        assert.deepEqual(people, before);
        assert.deepEqual(new Set(ordered), new Set(people));
        const isNumbered = ({ attributes }: { attributes: Readonly<Record<string, string>> }) =>
          /^-?\d+$/.test(attributes.place ?? '');
        const numbered = people.filter(isNumbered);
        assert.deepEqual(inOrder(numbered, 'place'), ordered.slice(0, numbered.length));
        assert.deepEqual(
          ordered.slice(numbered.length),
          people.filter((person) => !isNumbered(person)),
        );
      }),
    );
  });
});

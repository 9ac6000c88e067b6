import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesWildcard } from './wildcard.ts';

const cases: [pattern: string, text: string, matches: boolean][] = [
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['*', 'anything', true],
  ['?', '', false],
  ['?', 'a', true],
  ['?', 'ab', false],
  ['stage/*', 'stage/', true],
  ['stage/*', 'stage/a/b:c', true],
  ['stage/*', 'stages', false],
  ['a*c', 'abcbc', true],
  ['a*c', 'abcb', false],
  ['*b*', 'abc', true],
  ['a?c*', 'abcd', true],
  ['a??', 'ab', false],
  ['A', 'a', false],
  ['a.c', 'abc', false],
  ['[a]', 'a', false],
  ['stage/*', 'stage/*', true],
];

for (const [pattern, text, matches] of cases) {
  test(`'${pattern}' ${matches ? 'stands' : 'does not stand'} for '${text}'`, () => {
    assert.equal(matchesWildcard(pattern, text), matches);
  });
}

test('it agrees with the regular expression that says the same', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
  const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
  fc.assert(
    fc.property(letters, texts, (pattern, text) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
      assert.equal(matchesWildcard(pattern, text), expression.test(text));
    }),
  );
});

import { type Expectation, nameOf } from './check-surface.ts';

/**
 * Expected names that no test names: as a word, or, of an enumeration's member, by its value as a word or in quotes.
 *
 * @param texts of the tests
 */
export function untestedNames(expectations: readonly Expectation[], texts: readonly string[]): string[] {
  const words = new Set(texts.flatMap((text) => text.match(/[\w-]+/g) ?? []));
  return expectations
    .filter(({ exportName, memberName = exportName, value }) => {
      const named = words.has(memberName) || (typeof value === 'string' && words.has(value));
      return !named;
    })
    .map(nameOf);
}

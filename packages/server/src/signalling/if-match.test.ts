import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareIfMatch } from './if-match.ts';

describe('If-Match', () => {
  for (const [value, outcome] of [
    [undefined, 'missing'],
    ['*', 'any'],
    [' * ', 'any'],
    ['"abc"', 'same'],
    ['"xyz", "abc"', 'same'],
    ['"xyz" ,"abc"', 'same'],
    ['"xyz"', 'stale'],
    ['W/"abc"', 'stale'],
    ['abc', 'stale'],
    ['"ABC"', 'stale'],
    ['', 'stale'],
  ] as const) {
    it(`of ${value} is ${outcome} for the tag "abc"`, () => assert.equal(compareIfMatch(value, 'abc'), outcome));
  }
});

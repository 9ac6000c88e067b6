import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareKeys } from './key-order.ts';

test('keys are in the order of their bytes', () => {
  const unit = fc.constantFrom(
    'a',
    'b',
    '/',
    'é',
    '\ue000',
    '\uffff',
    '\u{10000}',
    '\u{1f600}',
    '\u{10ffff}',
    '\u0000',
  );
  const texts = fc.oneof(fc.string({ unit, maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 6 }));
  fc.assert(
    fc.property(texts, texts, (one, other) => {
      const expected = Buffer.compare(Buffer.from(one), Buffer.from(other));
      assert.equal(Math.sign(compareKeys(one, other)), expected);
    }),
    { numRuns: 1_000 },
  );
});

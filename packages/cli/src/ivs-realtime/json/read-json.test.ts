import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readJson } from './read-json.ts';
import { writeJson } from './write-json.ts';

test('JSON that is read and written again is the same text', () => {
  for (const text of [
    '{"2": "b", "1": "a", "__proto__": 30.0}',
    '[1, -2.5, 1e+30, true, null, "é\\n😀"]',
    '{}',
    '[]',
  ]) {
    assert.equal(writeJson(readJson(text)), text);
  }
});

test('whatever JSON.stringify writes is read as what it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false } as object), (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(JSON.parse(writeJson(readJson(text))), JSON.parse(text));
    }),
  );
});

for (const [text, message] of [
  ['', 'Expecting value: line 1 column 1 (char 0)'],
  ['{"a": 1,}', 'Expecting property name enclosed in double quotes: line 1 column 9 (char 8)'],
  ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
  ['[1 2]', "Expecting ',' delimiter: line 1 column 4 (char 3)"],
  ['{"a": "b', 'Unterminated string starting at: line 1 column 7 (char 6)'],
  ['{"a":\n "b\nc"}', 'Invalid control character at: line 2 column 4 (char 9)'],
  ['["\\q"]', 'Invalid \\escape: line 1 column 3 (char 2)'],
  ['[] x', 'Extra data: line 1 column 4 (char 3)'],
  ['["😀", x]', 'Expecting value: line 1 column 7 (char 6)'],
] as const) {
  test(`${JSON.stringify(text)} is no JSON: ${message}`, () => {
    assert.throws(() => readJson(text), { name: 'JsonSyntaxError', message });
  });
}

test('what is nested too deeply is refused before the stack is full', () => {
  assert.throws(() => readJson('['.repeat(100_000)), /Nested too deeply/);
});

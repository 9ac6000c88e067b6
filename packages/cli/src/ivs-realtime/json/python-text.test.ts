import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pythonText } from './python-text.ts';
import { readJson } from './read-json.ts';

for (const [json, text] of [
  ['true', 'True'],
  ['null', 'None'],
  ['30.0', '30.0'],
  ['1e16', '1e+16'],
  ['123456789012345.5', '123456789012345.5'],
  ['0.00001', '1e-05'],
  ['0.0001', '0.0001'],
  ['"plain"', 'plain'],
  [`["it's", "a \\"b\\"", "x\\n"]`, `["it's", 'a "b"', 'x\\n']`],
  ['{"a": [null, false]}', "{'a': [None, False]}"],
] as const) {
  test(`${json} prints as ${text}`, () => assert.equal(pythonText(readJson(json)), text));
}

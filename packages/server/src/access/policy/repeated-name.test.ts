import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRepeatedName } from './repeated-name.ts';

const cases: [json: string, name: string | undefined][] = [
  ['{}', undefined],
  ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', undefined],
  ['{"a":1,"b":2,"a":3}', 'a'],
  ['{"a":{"b":1, "c":[], "b" : 2}}', 'b'],
  ['[{"a":1},{"a":1,"\\u0061":2}]', 'a'],
  ['{"a":"b","b":"a","c":["a","a"]}', undefined],
  ['{"a":"{\\"x\\":1,\\"x\\":2}","x":":"}', undefined],
];

for (const [json, name] of cases) {
  test(`${json} has ${name === undefined ? 'no name twice' : `'${name}' twice`}`, () => {
    assert.equal(findRepeatedName(json), name);
  });
}

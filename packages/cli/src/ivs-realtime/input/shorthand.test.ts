import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { writeJson } from '../json/write-json.ts';
import { readShorthand } from './shorthand.ts';

for (const [text, expected] of [
  ['a=b', '{"a": "b"}'],
  ['a=b,c=d', '{"a": "b", "c": "d"}'],
  ['a=b,c,d=e', '{"a": ["b", "c"], "d": "e"}'],
  ['a=[b,c],d={e=f,g=[h,i]}', '{"a": ["b", "c"], "d": {"e": "f", "g": ["h", "i"]}}'],
  ['a = b , c = d', '{"a": "b", "c": "d"}'],
  ["a='b, c=d',e=\"f'g\"", `{"a": "b, c=d", "e": "f'g"}`],
  ["a='it\\'s'", '{"a": "it\'s"}'],
  ['a=b\\,c', '{"a": "b,c"}'],
  ['a=b=c', '{"a": "b=c"}'],
  ['a=', '{"a": ""}'],
  [
    'userId=alice,capabilities=PUBLISH,SUBSCRIBE,attributes={a=b}',
    '{"userId": "alice", "capabilities": ["PUBLISH", "SUBSCRIBE"], "attributes": {"a": "b"}}',
  ],
] as const) {
  test(`${text} is read as ${expected}`, () => assert.equal(writeJson(readShorthand(text)), expected));
}

for (const [text, message] of [
  ['', "Expected: '=', received: 'EOF' for input:\n\n^"],
  ['a', "Expected: '=', received: 'EOF' for input:\na\n ^"],
  ['a={b=c', "Expected: ',', received: 'EOF' for input:\na={b=c\n      ^"],
  [
    'a=b,a=c',
    'Second instance of key "a" encountered for input:\na=b,a=c\n    ^\nThis is often because there is a preceding "," instead of a space.',
  ],
  ["a='b", "Expected: '<singled quoted>', received: '<none>' for input:\na='b\n  ^"],
] as const) {
  test(`${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => readShorthand(text), { name: 'ShorthandError', message });
  });
}

test('a value may come from a file where the key says so', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'proscenium-shorthand-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'name'), 'from a file');
  assert.equal(readShorthand(`a@=file://${folder}/name`).get('a'), 'from a file');
  assert.equal(readShorthand(`a=file://${folder}/name`).get('a'), `file://${folder}/name`);
});

test('what is nested too deeply is refused before the stack is full', () => {
  assert.throws(() => readShorthand(`a=${'['.repeat(100_000)}`), /Nested too deeply/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shows } from './output.ts';

test('a page shows a part of what was printed, whatever its white space', () => {
  assert.ok(shows('two  three\n', 'one\ntwo\nthree\nfour\n'));
  assert.ok(!shows('two three', 'one\ntwo\nfour\nthree\n'));
  assert.ok(!shows('a.c', 'abc'));
});

test('what a page leaves out may be anything', () => {
  assert.ok(shows('{ "arn": "arn:aws:…", "name": "show" }', '{\n  "arn": "arn:aws:ivs/x",\n  "name": "show"\n}'));
  assert.ok(shows('one … three', 'one\ntwo\nthree\n'));
  assert.ok(!shows('one … three', 'three\ntwo\none\n'));
});

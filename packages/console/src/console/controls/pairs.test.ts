import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPairs, writePairs } from './pairs.ts';

test('lines are names and values, with equals signs in values', () => {
  assert.deepEqual(readPairs(' name = Ann \n\nlink=a=b\nflag\n=nothing'), { name: 'Ann', link: 'a=b', flag: '' });
});

test('pairs are read back as they were written', () => {
  const pairs = { name: 'Ann', empty: '', link: 'a=b' };
  assert.deepEqual(readPairs(writePairs(pairs)), pairs);
});

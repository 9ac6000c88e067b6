import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationNames } from '@proscenium/model';
import { coveragePage } from './coverage-page.ts';

test('the page tells of every operation whether it is built', () => {
  const page = coveragePage(['CreateStage', 'TagResource']);
  assert.match(page, /^2 of 54 operations are built\./m);
  assert.match(page, /^\| CreateStage \| `ivs-realtime` \| 2023-03 \| built \|$/m);
  assert.match(page, /^\| StartComposition \| `ivs-realtime` \| 2023-11-16 \| missing: answers 501 \|$/m);
  assert.match(page, /^\| GetStream \| `ivs` \| 2020-07-14 \| missing/m);
  assert.match(page, /answers 501:\n.*PutMetadata/);
  assert.equal(page.match(/\| (built|missing: answers 501) \|$/gm)?.length, operationNames.length);
});

test('with every operation built none is missing', () => {
  const page = coveragePage(operationNames);
  assert.match(page, /^54 of 54 operations are built\./m);
  assert.doesNotMatch(page, /missing/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRecordings, readPlace } from './recording-place.ts';

/** A bucket with these keys. */
function listing(keys: readonly string[]) {
  let count = 0;
  const list = async (prefix: string) => {
    count += 1;
    const below = keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    const names = below.filter((rest) => rest.includes('/')).map((rest) => `${prefix}${rest.split('/')[0]}/`);
    return { prefixes: [...new Set(names)] };
  };
  return { list, count: () => count };
}

test('a prefix tells whose recording it is and when it began', () => {
  assert.deepEqual(readPlace('archive', 'stageA/st-1/alice/2026-11-21T20-01-04Z/'), {
    bucket: 'archive',
    prefix: 'stageA/st-1/alice/2026-11-21T20-01-04Z',
    stageId: 'stageA',
    sessionId: 'st-1',
    subject: 'alice',
    startTime: '2026-11-21T20:01:04Z',
  });
});

test('a prefix of another form tells no time', () => {
  const { startTime, subject } = readPlace('archive', 'stageA/st-1/compositionB/destinationC');
  assert.equal(startTime, undefined);
  assert.equal(subject, 'compositionB/destinationC');
});

test('recordings are the folders with events, and nothing is looked for inside of them', async () => {
  const { list, count } = listing([
    'a/st-1/alice/2026/events/recording-started.json',
    'a/st-1/alice/2026/media/hls/high/0.mp4',
    'a/st-1/bob/2026/events/recording-ended.json',
    'readme.txt',
  ]);
  const { prefixes, isComplete } = await findRecordings(list);
  assert.deepEqual(prefixes, ['a/st-1/alice/2026/', 'a/st-1/bob/2026/']);
  assert.equal(isComplete, true);
  assert.equal(count(), 7);
});

test('a bucket that is too large is looked at in part, and that is told', async () => {
  const keys = Array.from({ length: 50 }, (_, index) => `stage${index}/st/p/t/events/x`);
  const { list, count } = listing(keys);
  const { isComplete } = await findRecordings(list, 20);
  assert.equal(isComplete, false);
  assert.ok(count() <= 20);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noThumbnails, thumbnailChoiceOf, thumbnailsOf } from './thumbnail-choice.ts';

test('a choice of thumbnails is read back from what was configured', () => {
  for (const choice of [
    { everySeconds: 5, kept: 'both' },
    { everySeconds: 60, kept: 'SEQUENTIAL' },
    { everySeconds: 1, kept: 'LATEST' },
  ] as const) {
    assert.deepEqual(thumbnailChoiceOf(thumbnailsOf(choice)), choice);
  }
});

test('without an interval none are configured, and the service’s default keeps them in their order', () => {
  assert.equal(thumbnailsOf(noThumbnails), undefined);
  assert.deepEqual(thumbnailChoiceOf({ targetIntervalSeconds: 60 }), { everySeconds: 60, kept: 'SEQUENTIAL' });
});

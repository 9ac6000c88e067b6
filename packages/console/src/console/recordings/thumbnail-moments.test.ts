import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thumbnailMoments } from './thumbnail-moments.ts';

const piece = (startSeconds: number, recordedAtSecond: number) => ({
  startSeconds,
  durationSeconds: 6,
  recordedAtMs: recordedAtSecond * 1_000,
});
/** Two publishes, with a minute between them. */
const pieces = [piece(0, 100), piece(6, 106), piece(12, 172)];

test('a thumbnail is where the recording was when it was written', () => {
  assert.deepEqual(thumbnailMoments([100_500, 108_000, 173_000], pieces), [0.5, 8, 13]);
});

test('what was written between two publishes belongs to the end of the first one', () => {
  assert.deepEqual(thumbnailMoments([120_000], pieces), [12]);
});

test('thumbnails that were copied later, or of a playlist without times, are evenly spread', () => {
  assert.deepEqual(thumbnailMoments([9_000_000, 9_000_100, 9_000_200], pieces), [0, 6, 12]);
  assert.deepEqual(thumbnailMoments([1, 100_500], pieces), [0, 9]);
  assert.deepEqual(
    thumbnailMoments([0, 0], [{ startSeconds: 0, durationSeconds: 8, recordedAtMs: undefined }]),
    [0, 4],
  );
});

test('before anything is known of the recording, nothing is known of them', () => {
  assert.deepEqual(thumbnailMoments([1, 2], []), []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LeftFiles } from './left-files.ts';

test('a segment is gone when so many others have left after it, and an init segment with the last that needs it', () => {
  const files = new LeftFiles({ segments: 0, inits: 0 }, 3);
  // Segments 0 to 4 need the first init segment, 5 the second one, and all others the fourth one.
  const initOf = (segment: number) => (segment < 5 ? 0 : segment < 6 ? 1 : 3);
  const gone = Array.from({ length: 11 }, (_, first) => files.left(first, initOf(first)).join(' '));
  assert.deepEqual(gone, [
    ...['', '', '', ''],
    ...['0.mp4', '1.mp4', '2.mp4', '3.mp4', '4.mp4 init-0.mp4', '5.mp4 init-1.mp4 init-2.mp4', '6.mp4'],
  ]);
});

test('what had left and was not told when it was gone on with is told after the same time', () => {
  const files = new LeftFiles({ segments: 4, inits: 0 }, 3);
  assert.deepEqual(files.left(8, 1), ['4.mp4']);
  assert.deepEqual(files.left(10, 1), ['5.mp4', '6.mp4']);
  assert.deepEqual(files.left(11, 1), ['7.mp4', 'init-0.mp4']);
  assert.deepEqual(files.gone, { segments: 8, inits: 1 });
});

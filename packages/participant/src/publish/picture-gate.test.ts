import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PictureGate } from './picture-gate.ts';

test('after a picture that was left out the next one is a key frame, which is asked for once', () => {
  const gate = new PictureGate();
  const told = [
    { keyFrame: true, room: true },
    { keyFrame: false, room: true },
    { keyFrame: false, room: false },
    { keyFrame: false, room: true },
    { keyFrame: true, room: false },
    { keyFrame: false, room: true },
    { keyFrame: true, room: true },
    { keyFrame: false, room: true },
  ].map((picture) => gate.next(picture));
  assert.deepEqual(told, ['go', 'go', 'ask', 'skip', 'ask', 'skip', 'go', 'go']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillVideoSettings } from './video-settings.ts';

const defaults = { width: 1280, height: 720, framerate: 30, bitrate: 2_500_000 };

test('every setting that is left out takes its default', () => {
  assert.deepEqual(fillVideoSettings(undefined), defaults);
  assert.deepEqual(fillVideoSettings({}), defaults);
  assert.deepEqual(fillVideoSettings({ framerate: 29.97 }), { ...defaults, framerate: 29.97 });
  assert.deepEqual(fillVideoSettings({ bitrate: 1 }), { ...defaults, bitrate: 1 });
  assert.deepEqual(fillVideoSettings({ height: 1080 }), { ...defaults, height: 1080 });
});

test('an odd side is refused', () => {
  const name = 'ValidationException';
  assert.throws(() => fillVideoSettings({ width: 1279 }), {
    name,
    message: 'The width of a video must be even, not 1279',
  });
  assert.throws(() => fillVideoSettings({ width: 2, height: 3 }), {
    name,
    message: 'The height of a video must be even, not 3',
  });
});

test('a video has as many pixels as 1920 × 1080 at most, whatever its form', () => {
  const largest = [
    { width: 1920, height: 1080 },
    { width: 1080, height: 1920 },
    { width: 1440, height: 1440 },
  ];
  for (const size of largest) assert.deepEqual(fillVideoSettings(size), { ...defaults, ...size });
  assert.throws(() => fillVideoSettings({ width: 1920, height: 1082 }), {
    name: 'ValidationException',
    message: 'A video can have at most 2073600 pixels, not 1920 x 1082 = 2077440',
  });
  // The default counts for the side that is left out.
  assert.throws(() => fillVideoSettings({ height: 1920 }), { name: 'ValidationException' });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentTypeOf } from './content-type.ts';

test('the files of a recording have the types that players and browsers expect', () => {
  const types: Record<string, string> = {
    'media/hls/multivariant.m3u8': 'application/vnd.apple.mpegurl',
    'media/hls/high/0.mp4': 'video/mp4',
    'media/thumbnails/high/0.jpg': 'image/jpeg',
    'events/recording-ended.json': 'application/json',
    'ENDED.JSON': 'application/json',
  };
  for (const [key, type] of Object.entries(types)) assert.equal(contentTypeOf(key), type);
});

test('nothing else has a type that a browser would run', () => {
  for (const key of ['index.html', 'a.js', 'a.svg', 'mp4', 'a.mp4/b', 'a.xml', '', '.json']) {
    assert.equal(contentTypeOf(key), 'application/octet-stream', key);
  }
});

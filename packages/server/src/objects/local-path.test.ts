import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isKey, localPath, readName } from './local-path.ts';

const awkward = fc.constantFrom(
  '/',
  '.',
  '..',
  '%',
  '%2',
  '%-',
  '%_',
  'a',
  'A',
  'é',
  '\u0000',
  '\n',
  '\\',
  ':',
  '😀',
  '2E',
  '-',
  '_',
  'x'.repeat(199),
);
const keys = fc
  .oneof(
    fc.array(awkward, { minLength: 1, maxLength: 12 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
    fc.string({ unit: fc.constantFrom('/', '.', 'a', '%', '\u{1F600}'), minLength: 1, maxLength: 1_024 }),
  )
  .filter(isKey);

/** What a path stands for, read as a walk through the folders does. */
function keyOf(path: string): string | undefined {
  const names = path.split('/');
  const segments: string[] = [];
  let begins = '';
  for (const [index, name] of names.entries()) {
    const read = readName(name, index < names.length - 1, begins);
    if (read === undefined) return undefined;
    begins = read.goesOn ? read.begins : '';
    if (!read.goesOn) segments.push(read.segment);
  }
  return segments.join('/');
}

test('a recording is in the folder as it is in a bucket', () => {
  const keys = [
    'Fr1dayShow01/st-9z8y7x6w5v4u3/pHostAAAA001/2026-11-21T20-01-04Z/media/hls/high/playlist.m3u8',
    'Fr1dayShow01/st-9z8y7x6w5v4u3/pHostAAAA001/2026-11-21T20-01-04Z/events/recording-started.json',
    'Fr1dayShow01/CompAAAA0001/DestBBBB0002/composite/media/hls/720p30-k3Jd9aQ1xYz0/0.mp4',
  ];
  for (const key of keys) assert.equal(localPath(key), key);
});

test('what a file system would mix up is kept apart', () => {
  const paths: Record<string, string> = {
    a: 'a%',
    'a/b.c': 'a/b.c',
    'a.b': 'a.b',
    'a.b/c.d': 'a.b%/c.d',
    'a/': 'a/%_%',
    '/a.b': '%_/a.b',
    '../x.y': '%2E%2E/x.y',
    '.': '%2E%',
    'a.b.': 'a.b%2E',
    [`${'x'.repeat(200)}..`]: `${'x'.repeat(200)}%-/%2E%2E%`,
    'é:.x': '%C3%A9%3A.x',
    '50%': '50%25%',
  };
  for (const [key, path] of Object.entries(paths)) {
    assert.equal(localPath(key), path);
    assert.equal(keyOf(path), key);
  }
});

test('every key has a path of its own that stays in the folder and that a file system takes', () => {
  fc.assert(
    fc.property(keys, (key) => {
      const path = localPath(key);
      assert.equal(keyOf(path), key);
      for (const name of path.split('/')) {
        assert.ok(name !== '' && name !== '.' && name !== '..' && name.length <= 255, path);
        assert.match(name, /^[\x20-\x7e]+$/);
      }
      // Beside the bucket's own folder, within the 4,096 bytes of Linux.
      assert.ok(path.length <= 3_600, String(path.length));
    }),
    { numRuns: 500 },
  );
});

test('no folder of a key is the object of another one', () => {
  fc.assert(
    fc.property(keys, keys, (one, other) => {
      assert.ok(!localPath(one).startsWith(`${localPath(other)}/`));
    }),
    { numRuns: 500 },
  );
  assert.ok(!localPath('a.b/c').startsWith(`${localPath('a.b')}/`));
  assert.ok(!localPath('a/c').startsWith(`${localPath('a')}/`));
});

test('a name that is written for no key stands for none', () => {
  const names = [
    '',
    '%',
    'a',
    'a%%',
    'é.jpg',
    '%e9.jpg',
    '%C3.jpg',
    '%41.jpg',
    'a:b.jpg',
    'a.b%',
    '%-',
    `${'x'.repeat(240)}.y`,
  ];
  for (const name of names) assert.equal(readName(name, false, ''), undefined, name);
  for (const name of ['a%', 'a.b', 'abc%-', '.', '..']) assert.equal(readName(name, true, ''), undefined, name);
});

test('a key has 1 to 1,024 bytes of Unicode', () => {
  for (const key of ['', 'x'.repeat(1_025), 'é'.repeat(513), '\ud800']) assert.equal(isKey(key), false);
  for (const key of ['x'.repeat(1_024), 'é'.repeat(512), '\u0000']) assert.equal(isKey(key), true);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentCodings } from './content-coding.ts';

const names = (header: string) => contentCodings(header).map(({ name }) => name);

test('the smaller one comes first, in whichever order a browser names them', () => {
  assert.deepEqual(names('gzip, deflate, br, zstd'), ['br', 'gzip']);
  assert.deepEqual(names('gzip;q=1.0, BR;q=0.1'), ['br', 'gzip']);
});

test('nothing is sent that was not named, or was ruled out', () => {
  for (const header of ['', 'identity', 'deflate', 'br;q=0, gzip;q=0.000', '*;q=0'])
    assert.deepEqual(names(header), []);
  assert.deepEqual(names('br;q=0, *'), ['gzip']);
});

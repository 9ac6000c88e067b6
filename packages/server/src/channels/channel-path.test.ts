import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelPath, readChannelPath } from './channel-path.ts';

const own = { account: '123456789012', region: 'us-west-2' };
const arnOf = (account: string, region: string) => `arn:aws:ivs:${region}:${account}:channel/abcdefABCDEF`;

test('a channel of the server’s own account and region is called by its id, others by more', () => {
  assert.equal(channelPath(arnOf('123456789012', 'us-west-2'), own), 'abcdefABCDEF');
  assert.equal(channelPath(arnOf('210987654321', 'us-west-2'), own), '210987654321/us-west-2/abcdefABCDEF');
  assert.equal(channelPath(arnOf('123456789012', 'eu-west-1'), own), '123456789012/eu-west-1/abcdefABCDEF');
});

test('a path is read as it is written, with the files of the stream', () => {
  for (const account of ['123456789012', '210987654321']) {
    const path = channelPath(arnOf(account, 'us-west-2'), own);
    assert.deepEqual(readChannelPath(path, own), { account, channelPath: path, file: '' });
    for (const file of ['multivariant.m3u8', '720p30-k3Jd9aQ1xYz0/playlist.m3u8', '720p30-k3Jd9aQ1xYz0/17.mp4']) {
      assert.deepEqual(readChannelPath(`${path}/${file}`, own), { account, channelPath: path, file });
    }
  }
});

test('nothing but the files of a stream is there', () => {
  for (const path of [
    '',
    'abc/',
    'abc/../def/multivariant.m3u8',
    'abc/..%2Fdef',
    'abc/720p30-x/../../secret.mp4',
    'abc/events/recording-ended.json',
    'abc/720p30-x/1.jpg',
    'abc//multivariant.m3u8',
    'a b/multivariant.m3u8',
    `${'a'.repeat(65)}/multivariant.m3u8`,
  ]) {
    const found = readChannelPath(path, own);
    assert.ok(found === undefined || found.file === '', path);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRtmpTarget } from './rtmp-target.ts';

test('the URL of a server tells host, port and application', () => {
  const target = (url: string) => {
    const { protocol, host, port, destination } = readRtmpTarget(url, 'key');
    return [protocol, host, port, destination.app, destination.tcUrl];
  };
  assert.deepEqual(target('rtmp://example.com/live'), ['rtmp', 'example.com', 1935, 'live', 'rtmp://example.com/live']);
  assert.deepEqual(target('rtmps://a.example.com:443/app/'), [
    ...['rtmps', 'a.example.com', 443, 'app'],
    'rtmps://a.example.com:443/app',
  ]);
  assert.deepEqual(target('rtmps://[::1]:1443/app/deep?x=1'), [
    ...['rtmps', '::1', 1443, 'app/deep?x=1'],
    'rtmps://[::1]:1443/app/deep?x=1',
  ]);
  assert.equal(target('rtmps://example.com/app')[2], 443);
});

test('what names no server or no application is refused, and not repeated', () => {
  for (const url of ['', 'example.com/app', 'http://e/app', 'rtmp:///app', 'rtmp://e/', 'rtmp://u:secret@e/app']) {
    assert.throws(
      () => readRtmpTarget(url, 'key'),
      (error) => error instanceof RangeError && !error.message.includes('secret'),
      url,
    );
  }
  assert.throws(() => readRtmpTarget('rtmp://e/app', ''), RangeError);
});

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { AudioFeed } from './remote-audio.ts';

test('samples that nobody takes, or nobody takes any more, keep nothing waiting', async () => {
  const { signal } = new AbortController();
  const feed = new AudioFeed('id');
  const listeners = () => getEventListeners(signal, 'abort').length;
  await feed.stream.pcm({ signal }).return();
  assert.equal(listeners(), 0);
  const pcm = feed.stream.pcm({ signal });
  const first = pcm.next();
  assert.equal(listeners(), 1);
  feed.end();
  assert.equal((await first).done, true);
  assert.equal(listeners(), 0);
});

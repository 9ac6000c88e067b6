import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MediaWatch } from './media-watch.ts';

describe('a media watch', () => {
  it('misses the kind that never came, after ten seconds', () => {
    const watch = new MediaWatch(1_000);
    for (let nowMs = 1_000; nowMs < 11_000; nowMs += 100) {
      watch.heard('audio', nowMs);
      assert.deepEqual(watch.missing(nowMs), []);
    }
    watch.heard('audio', 11_000);
    assert.deepEqual(watch.missing(11_000), ['video']);
  });

  it('misses the kind that comes no more', () => {
    const watch = new MediaWatch(0);
    watch.heard('audio', 5_000);
    watch.heard('video', 5_000);
    watch.heard('video', 14_999);
    assert.deepEqual(watch.missing(14_999), []);
    assert.deepEqual(watch.missing(15_000), ['audio']);
  });

  it('misses neither while nothing comes at all: that is for whoever watches the connection', () => {
    const watch = new MediaWatch(0);
    watch.heard('audio', 1_000);
    watch.heard('video', 1_000);
    assert.deepEqual(watch.missing(25_000), []);
  });

  it('misses both where the connection lives on without them', () => {
    const watch = new MediaWatch(0);
    watch.heard('audio', 1_000);
    assert.deepEqual(watch.missing(35_999), []);
    assert.deepEqual(watch.missing(36_000), ['audio', 'video']);
  });
});

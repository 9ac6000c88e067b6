import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MediaTimeline } from './media-timeline.ts';

describe('a media timeline', () => {
  it('leaves timestamps as they are while they go on', () => {
    const timeline = new MediaTimeline();
    assert.equal(timeline.place('video', 1_000, 0), 1_000);
    assert.equal(timeline.place('audio', 990, 1), 990);
    assert.equal(timeline.place('video', 1_033, 33), 1_033);
    // A gap, and a picture that is shown before another one.
    assert.equal(timeline.place('video', 6_000, 40), 6_000);
    assert.equal(timeline.place('video', 5_900, 70), 5_900);
  });

  it('goes on where timestamps begin anew, for both kinds alike', () => {
    const timeline = new MediaTimeline();
    timeline.place('video', 100_000, 0);
    timeline.place('audio', 100_005, 5);
    assert.equal(timeline.place('video', 0, 33), 100_033);
    assert.equal(timeline.place('audio', 5, 38), 100_038);
    assert.equal(timeline.place('video', 33, 66), 100_066);
  });

  it('goes on where they jump far ahead', () => {
    const timeline = new MediaTimeline();
    timeline.place('video', 0, 0);
    timeline.place('audio', 5, 5);
    assert.equal(timeline.place('video', 3_600_000, 40), 40);
    assert.equal(timeline.place('audio', 3_600_005, 45), 45);
  });

  it('does not take a stalled connection for a jump', () => {
    const timeline = new MediaTimeline();
    timeline.place('video', 0, 0);
    assert.equal(timeline.place('video', 33, 9_000), 33);
    assert.equal(timeline.place('video', 66, 9_001), 66);
    assert.equal(timeline.place('video', 9_000, 9_002), 9_000);
  });
});

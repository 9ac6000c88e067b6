import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Frame } from './incoming-stream.ts';
import { VideoFeed, type VideoFrame } from './remote-video.ts';

const KEY = { keyFrame: true };

function frame(timeMs: number, unit: Partial<Frame['unit']> = {}): Frame {
  const whole = { rtpTime: 0, firstArrivalMs: 0, lastArrivalMs: 0, keyFrame: false, complete: true, afterLoss: false };
  return { codec: 'h264', timeMs, unit: { ...whole, units: [Buffer.of(0x65, timeMs), Buffer.of(1)], ...unit } };
}

async function times(frames: AsyncIterable<VideoFrame>): Promise<number[]> {
  const taken: number[] = [];
  for await (const { timeMs } of frames) taken.push(timeMs);
  return taken;
}

describe('the video of somebody', () => {
  test('begins with a key frame, which is asked for', async () => {
    let asked = 0;
    const feed = new VideoFeed('id', () => {
      asked += 1;
    });
    const frames = feed.stream.frames();
    assert.equal(asked, 1);
    for (const each of [frame(1), frame(2, KEY), frame(3)]) feed.push(each);
    feed.end();
    assert.deepEqual(await times(frames), [2, 3]);
    assert.equal(asked, 1, 'a publisher is not pestered');
  });

  test('goes on with a key frame after a loss', async () => {
    const feed = new VideoFeed('id', () => undefined);
    const frames = feed.stream.frames();
    const lossy = [frame(3, { afterLoss: true }), frame(4), frame(5, { ...KEY, afterLoss: true }), frame(6)];
    const broken = [frame(7, { complete: false }), frame(8), frame(9, KEY)];
    for (const each of [frame(1, KEY), frame(2), ...lossy, ...broken]) feed.push(each);
    feed.end();
    assert.deepEqual(await times(frames), [1, 2, 5, 6, 9]);
  });

  test('goes on with a key frame for who is too slow, and only for him', async () => {
    const feed = new VideoFeed('id', () => undefined);
    const slow = feed.stream.frames();
    const quick = feed.stream.frames();
    feed.push(frame(0, KEY));
    for (let timeMs = 1; timeMs <= 60; timeMs += 1) {
      await quick.next();
      feed.push(frame(timeMs));
    }
    await quick.next();
    for (const each of [frame(61), frame(62, KEY), frame(63)]) feed.push(each);
    feed.end();
    assert.deepEqual(await times(slow), [62, 63]);
    assert.deepEqual(await times(quick), [61, 62, 63]);
  });

  test('is a byte stream, if it is H.264, and the frame alone, if it is VP8', async () => {
    const feed = new VideoFeed('id', () => undefined);
    const frames = feed.stream.frames();
    feed.push(frame(9, KEY));
    feed.push({ ...frame(1), codec: 'vp8' });
    const { value: h264 } = await frames.next();
    const { value: vp8 } = await frames.next();
    assert.equal(h264?.data.toString('hex'), '000000016509' + '0000000101');
    assert.deepEqual([vp8?.codec, vp8?.data.toString('hex')], ['vp8', '650101']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PictureHistory } from './picture-history.ts';

const FRAME_MS = 40;

describe('the last pictures of an encoder', () => {
  it('are those of two groups', () => {
    const history = new PictureHistory();
    for (let number = 0; number < 35; number += 1) history.add(picture(number, number % 10 === 0));
    assert.deepEqual(timesOf(history.fromKeyFrame(-Infinity))[0], 20 * FRAME_MS);
    assert.deepEqual(timesOf(history.fromKeyFrame(20 * FRAME_MS))[0], 30 * FRAME_MS);
    // No key frame is later.
    assert.deepEqual(
      timesOf(history.fromKeyFrame(34 * FRAME_MS)),
      [30, 31, 32, 33, 34].map((n) => n * FRAME_MS),
    );
  });

  it('are copies: what they are read from may be used again', () => {
    const history = new PictureHistory();
    const payload = Buffer.from('first');
    history.add({ payloads: [payload], keyFrame: true, mediaMs: 0 });
    payload.fill('x');
    assert.equal(history.fromKeyFrame(-Infinity)[0]?.payloads[0]?.toString(), 'first');
  });

  it('are found by what decoders need to know before the next one', () => {
    const [one, other] = [new PictureHistory(), new PictureHistory()];
    other.add(picture(0, true)); // a group of its own
    const kept = Array.from({ length: 15 }, (_, number) => one.add(picture(number, number % 5 === 0)));
    for (let number = 0; number < 15; number += 1) other.add(picture(number, number % 5 === 0));
    const { following } = other.find(kept[12]?.digest ?? '', 0) ?? {};
    assert.deepEqual(timesOf(following ?? []), [13 * FRAME_MS, 14 * FRAME_MS]);
    // The same picture after other ones is another.
    const third = new PictureHistory();
    for (const number of [10, 11, 99]) third.add(picture(number, number === 10));
    assert.equal(third.find(third.add(picture(13, false)).digest, 0)?.following.length, 0);
    assert.equal(one.has(third.lastDigest), false);
  });

  it('of several that are the same are the nearest', () => {
    const history = new PictureHistory();
    const same = { payloads: [Buffer.from('black')], keyFrame: true };
    const { digest } = history.add({ ...same, mediaMs: 0 });
    history.add({ ...same, mediaMs: 1_000 });
    assert.deepEqual(
      [100, 900].map((nearMs) => history.find(digest, nearMs)?.picture.mediaMs),
      [0, 1_000],
    );
  });

  it('are none before a key frame, and when a group is too large to be kept', () => {
    const history = new PictureHistory();
    const { digest } = history.add(picture(0, false));
    assert.deepEqual([history.hasKeyFrame, history.find(digest, 0)], [false, undefined]);
    history.add(picture(1, true));
    assert.equal(history.hasKeyFrame, true);
    for (let number = 2; number < 180; number += 1) {
      history.add({ payloads: [Buffer.alloc(100_000)], keyFrame: false, mediaMs: number * FRAME_MS });
    }
    assert.equal(history.hasKeyFrame, false);
    assert.equal(history.has(history.lastDigest), false);
    history.add(picture(180, true));
    for (let number = 181; number < 5_000; number += 1) history.add(picture(number, false));
    assert.equal(history.hasKeyFrame, false);
    const last = history.add(picture(5_000, true));
    assert.deepEqual(history.fromKeyFrame(-Infinity), [last]);
  });
});

function picture(number: number, keyFrame: boolean) {
  return { payloads: [Buffer.from(`a picture ${number}`)], keyFrame, mediaMs: number * FRAME_MS };
}

function timesOf(pictures: readonly { readonly mediaMs: number }[]): number[] {
  return pictures.map(({ mediaMs }) => mediaMs);
}

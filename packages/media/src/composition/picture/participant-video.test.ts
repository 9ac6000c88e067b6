import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assertColours, BLUE, encodeColour, GREEN, RED } from '../../codec/drawing.fixture.ts';
import { ivfFrames } from '../../codec/ivf.fixture.ts';
import { accessUnits, encodeH264, encodeVp8 } from '../../rtp/encode.fixture.ts';
import { mutated } from '../../rtp/rtp.fixture.ts';
import { SentVideo } from './video-sender.fixture.ts';

const small = { width: 160, height: 90 };
const large = { width: 320, height: 180 };

async function sending(codec: 'h264' | 'vp8' = 'h264'): Promise<SentVideo> {
  const sent = new SentVideo();
  sent.begin(codec);
  return sent;
}

describe("a participant's video", () => {
  it('is there when its stream is, and tells its shape with the first key frame', async () => {
    const sent = new SentVideo();
    assert.equal(sent.video.hasVideo, false);
    sent.begin('h264');
    assert.deepEqual(sent.facts, [{ hasVideo: true, aspectRatio: undefined }]);
    const [key = []] = await encodeColour({ width: 180, height: 320 }, RED);
    await sent.show(key);
    assert.deepEqual(sent.facts.at(-1), { hasVideo: true, aspectRatio: 180 / 320 });
    sent.video.end(performance.now());
    assert.deepEqual(sent.facts.at(-1), { hasVideo: false, aspectRatio: undefined });
    assert.equal(sent.facts.length, 3);
    await sent.video.close();
  });

  it('shows each picture from the time on at which it is due', async () => {
    const sent = await sending();
    const pictures = await encodeColour(small, RED, 3);
    const beganMs = performance.now();
    for (const [index, units] of pictures.entries()) sent.send(units, { arrivalMs: beganMs + (index * 100) / 3 });
    await sent.decoded(3);
    const { video } = sent;
    assert.equal(video.pictureAt(beganMs - 1), undefined);
    const shown = [1, 34, 60, 67, 500].map((ms) => video.pictureAt(beganMs + ms));
    const first = shown[0];
    assert.ok(first && shown[1] && shown[3]);
    assert.equal(shown[2], shown[1]);
    assert.equal(shown[4], shown[3]);
    assert.equal(new Set(shown).size, 3);
    assert.ok(sent.latenessMs.every((lateness) => lateness > -100 && lateness < performance.now() - beganMs));
    await video.close();
  });

  it('may be of VP8', async () => {
    const sent = await sending('vp8');
    const frames = ivfFrames(encodeVp8({ size: '162x94', frames: 5 }));
    for (const frame of frames) sent.send([frame]);
    await sent.decoded(5);
    assert.deepEqual([sent.newest?.width, sent.newest?.height], [162, 94]);
    await sent.video.close();
  });

  it('never lacks a picture while the size changes', async () => {
    const sent = await sending();
    const layers = await Promise.all([encodeColour(small, RED, 4), encodeColour(large, GREEN, 4)]);
    const sizes = [];
    for (const units of [...layers[0], ...layers[1], ...layers[0]]) {
      sent.send(units);
      // Before it can be decoded, and after.
      if (sizes.length > 0) assert.ok(sent.newest);
      await sent.decoded(sizes.length + 1);
      sizes.push(sent.newest?.width);
    }
    assert.deepEqual(sizes, [160, 160, 160, 160, 320, 320, 320, 320, 160, 160, 160, 160]);
    await sent.video.close();
  });

  it('goes on with another stream, also of another codec, and shows what it had until then', async () => {
    const sent = await sending();
    const [red = []] = await encodeColour(small, RED);
    await sent.show(red);
    sent.begin('vp8');
    assertColours(sent.newest as never, [[80, 45, RED]]);
    const [key] = ivfFrames(encodeVp8({ size: '320x180', frames: 1 })) as [Buffer];
    await sent.show([key]);
    assert.equal(sent.newest?.width, 320);
    await sent.video.close();
  });

  it('has no picture as soon as it is paused, and goes on with a key frame that it asks for', async () => {
    const sent = await sending();
    const [key = [], other = []] = await encodeColour(small, RED, 2);
    const [blue = []] = await encodeColour(small, BLUE);
    await sent.show(key);
    sent.send(other);
    sent.video.pause(true, performance.now());
    assert.equal(sent.video.hasVideo, false);
    assert.equal(sent.newest, undefined);
    sent.send(other);
    sent.video.pause(false, performance.now());
    assert.equal(sent.video.hasVideo, true);
    assert.equal(sent.keyFramesAsked, 1);
    sent.send(other);
    assert.equal(sent.keyFramesAsked, 2);
    await sent.show(blue);
    assertColours(sent.newest as never, [[80, 45, BLUE]]);
    await sent.video.close();
  });

  it('stands still for five seconds when nothing comes any more, then has no picture until something does', async () => {
    const sent = await sending();
    const [key = [], other = []] = await encodeColour(small, RED, 2);
    await sent.show(key);
    const nowMs = performance.now();
    sent.video.expire(nowMs + 4_900);
    assert.ok(sent.newest);
    sent.video.expire(nowMs + 5_100);
    assert.equal(sent.newest, undefined);
    assert.equal(sent.video.hasVideo, true);
    await sent.show(other);
    assert.ok(sent.newest);
    await sent.video.close();
  });

  it('leaves out what follows a loss up to the next key frame, which it asks for, and keeps its last picture', async () => {
    const sent = await sending();
    const pictures = await encodeColour(large, RED, 4);
    const [green = []] = await encodeColour(large, GREEN);
    await sent.show(pictures[0] ?? []);
    sent.send(pictures[1] ?? [], { loses: () => true });
    sent.send(pictures[2] ?? []);
    sent.send(pictures[3] ?? []);
    sent.video.expire(performance.now() + 400);
    assert.ok(sent.keyFramesAsked > 0);
    assertColours(sent.newest as never, [[80, 45, RED]]);
    await sent.show(green);
    assertColours(sent.newest as never, [[80, 45, GREEN]]);
    assert.equal(sent.latenessMs.length, 2);
    await sent.video.close();
  });

  it('is not decoded while it is hidden, and asks for a key frame when it is seen again', async () => {
    const sent = await sending();
    const [key = [], other = []] = await encodeColour(small, RED, 2);
    sent.video.decoded = false;
    sent.send(key);
    assert.equal(sent.video.aspectRatio, 160 / 90);
    sent.video.decoded = true;
    assert.equal(sent.keyFramesAsked, 1);
    sent.send(other);
    await sent.show(key);
    assert.equal(sent.latenessMs.length, 1);
    await sent.video.close();
  });

  it('may be stopped in the middle of decoding, which is not told of any more', async () => {
    for (const size of [small, { width: 640, height: 360 }]) {
      const pictures = await encodeColour(size, RED, 4);
      for (const stop of ['end', 'close', 'hide', 'pause'] as const) {
        const sent = await sending();
        for (const units of pictures) sent.send(units);
        if (stop === 'end') sent.video.end(performance.now());
        if (stop === 'hide') sent.video.decoded = false;
        if (stop === 'pause') sent.video.pause(true, performance.now());
        await sent.video.close();
        assert.equal(sent.newest, undefined);
        assert.equal(sent.latenessMs.length, 0);
      }
    }
  });

  it('decodes ahead as much as is kept, and the rest when there is room', async () => {
    const sent = await sending();
    const pictures = await encodeColour(small, RED, 40);
    for (const units of pictures) sent.send(units);
    await sent.decoded(16);
    const shown = new Set([sent.newest]);
    await sent.decoded(32);
    shown.add(sent.newest);
    await sent.decoded(40);
    shown.add(sent.newest);
    assert.equal(shown.size, 3);
    assert.equal(sent.latenessMs.length, 40);
    assert.equal(sent.keyFramesAsked, 0);
    await sent.video.close();
  });
});

describe("a participant's video that is not as it should be", () => {
  it('is not there while it is larger than 1080p, and never decoded', async () => {
    for (const size of ['1922x1080', '1080x1924', '1280x1280']) {
      const sent = await sending();
      const [huge] = accessUnits(encodeH264({ size, frames: 1 }));
      sent.send(huge?.units ?? []);
      assert.deepEqual(sent.facts.at(-1)?.hasVideo, false, size);
      const [key = []] = await encodeColour(small, RED);
      await sent.show(key);
      assert.deepEqual(sent.facts.at(-1), { hasVideo: true, aspectRatio: 160 / 90 });
      assert.equal(sent.latenessMs.length, 1);
      await sent.video.close();
    }
  });

  it('may be 1080p, either way up', async () => {
    for (const size of ['1920x1080', '1080x1920']) {
      const sent = await sending();
      const [key] = accessUnits(encodeH264({ size, frames: 1 }));
      await sent.show(key?.units ?? []);
      assert.equal(`${sent.newest?.width}x${sent.newest?.height}`, size);
      await sent.video.close();
    }
  });

  it('gets no memory for a size that no one sends: VP8', async () => {
    const sent = await sending('vp8');
    const [key] = ivfFrames(encodeVp8({ size: '160x90', frames: 1 })) as [Buffer];
    const huge = Buffer.from(key);
    huge.writeUInt16LE(16_383, 6);
    huge.writeUInt16LE(16_383, 8);
    sent.send([huge]);
    assert.equal(sent.video.hasVideo, false);
    await sent.show([key]);
    assert.equal(sent.video.hasVideo, true);
    await sent.video.close();
  });

  it('gets none for a size that is hidden in a picture that is no key frame', async () => {
    const sent = await sending();
    const [key = [], other = []] = await encodeColour(small, RED, 2);
    const [huge] = accessUnits(encodeH264({ size: '2048x1152', frames: 1 }));
    const set = huge?.units.find((unit) => ((unit[0] ?? 0) & 0x1f) === 7) as Buffer;
    await sent.show(key);
    sent.send([set, ...other]);
    assert.equal(sent.video.hasVideo, false);
    assert.equal(sent.newest, undefined);
    await sent.video.close();
  });

  it('is shown whatever its range of numbers and its chroma are', async () => {
    for (const pixelFormat of ['yuvj420p', 'yuv422p', 'yuv444p', 'yuv420p10le']) {
      const sent = await sending();
      const [key] = accessUnits(encodeH264({ size: '160x90', frames: 1, pixelFormat }));
      await sent.show(key?.units ?? []);
      assert.equal(sent.newest?.width, 160, pixelFormat);
      await sent.video.close();
    }
  });

  it('goes on after whatever it was sent: H.264', async () => {
    const sent = await sending();
    const units = accessUnits(encodeH264({ size: '64x48', frames: 6, arguments: ['-bf', '0'] })).map(
      (each) => each.units,
    );
    const all = fc.tuple(...units.map((unit) => fc.tuple(...unit.map(mutated))));
    await fc.assert(
      fc.asyncProperty(all, async (damaged) => {
        for (const each of damaged) sent.send(each.filter((unit) => unit.length > 0));
        await new Promise(setImmediate);
      }),
      { numRuns: 60 },
    );
    await assertGoesOn(sent, units[0] ?? []);
  });

  it('goes on after whatever it was sent: VP8', async () => {
    const sent = await sending('vp8');
    const frames = ivfFrames(encodeVp8({ size: '64x48', frames: 6 }));
    await fc.assert(
      fc.asyncProperty(fc.tuple(...frames.map(mutated)), async (damaged) => {
        for (const each of damaged) if (each.length > 0) sent.send([each]);
        await new Promise(setImmediate);
      }),
      { numRuns: 60 },
    );
    await assertGoesOn(sent, frames.slice(0, 1));
  });
});

/** That it shows a key frame once everything before it is done. */
async function assertGoesOn(sent: SentVideo, key: readonly Buffer[]): Promise<void> {
  const { video } = sent;
  video.expire(performance.now() + 1_000);
  video.decoded = false;
  video.decoded = true;
  const asked = sent.latenessMs.length;
  await sent.show(key);
  assert.ok(sent.latenessMs.length > asked);
  assert.deepEqual([sent.newest?.width, sent.newest?.height], [64, 48]);
  await video.close();
}

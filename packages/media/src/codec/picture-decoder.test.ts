import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessUnits, encodeH264, encodeVp8 } from '../rtp/encode.fixture.ts';
import { assertColours, decodeKeyFrame, encodeColour, GREEN } from './drawing.fixture.ts';
import { ivfFrames } from './ivf.fixture.ts';
import { PictureDecoder } from './picture-decoder.ts';
import { decoderInput } from './picture-size.ts';

const invalid = { name: 'CodecFailure', reason: 'INVALID_DATA' };

describe('a picture decoder', () => {
  it('gives pictures that last as long as somebody holds them, beyond its own end', async () => {
    const [units = []] = await encodeColour({ width: 64, height: 48 }, GREEN);
    const picture = await decodeKeyFrame(units);
    picture.hold();
    picture.release();
    assertColours(picture, [[10, 10, GREEN]]);
    picture.release();
    assert.throws(() => picture.frame, RangeError);
    assert.throws(() => picture.hold(), RangeError);
  });

  it('takes no memory for what is larger than 1080p, even if nobody has looked at its size', async () => {
    const [huge] = accessUnits(encodeH264({ size: '2048x1152', frames: 1 }));
    const h264 = new PictureDecoder('h264');
    await assert.rejects(h264.decode(decoderInput('h264', huge?.units ?? [])), invalid);
    const [small] = await encodeColour({ width: 64, height: 48 }, GREEN);
    assert.ok(await h264.decode(decoderInput('h264', small ?? [])));
    h264.close();

    const [key] = ivfFrames(encodeVp8({ size: '64x48', frames: 1 })) as [Buffer];
    const enormous = Buffer.from(key);
    enormous.writeUInt16LE(16_383, 6);
    enormous.writeUInt16LE(16_383, 8);
    const vp8 = new PictureDecoder('vp8');
    await assert.rejects(vp8.decode(enormous), invalid);
    assert.ok(await vp8.decode(key));
    vp8.close();
  });

  it('goes on after what cannot be decoded', async () => {
    const [units = []] = await encodeColour({ width: 64, height: 48 }, GREEN);
    const decoder = new PictureDecoder('h264');
    await assert.rejects(decoder.decode(Buffer.from('00000001650000', 'hex')), invalid);
    const picture = await decoder.decode(decoderInput('h264', units));
    assert.ok(picture);
    assertColours(picture, [[60, 40, GREEN]]);
    picture.release();
    decoder.close();
  });
});

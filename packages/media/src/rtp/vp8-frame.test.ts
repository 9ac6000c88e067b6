import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeVp8, probe } from './encode.fixture.ts';
import { MalformedMedia } from './malformed-media.ts';
import { readVp8KeyFrameSize } from './vp8-frame.ts';

const IVF_HEADERS_BYTES = 32 + 12;

describe('a VP8 key frame', () => {
  for (const size of ['320x180', '854x480', '180x322']) {
    it(`tells its size: ${size}`, () => {
      const stream = encodeVp8({ size, frames: 1 });
      const { width, height } = probe(stream);
      assert.deepEqual(readVp8KeyFrameSize(stream.subarray(IVF_HEADERS_BYTES)), { width, height });
      assert.equal(`${width}x${height}`, size);
    });
  }

  it('is refused when it is cut off, is none, or has neither start code nor size', () => {
    for (const data of ['1002009d012a4001b4', '1102009d012a4001b400', '1002009d012b4001b400', '1002009d012a0000b400']) {
      assert.throws(() => readVp8KeyFrameSize(Buffer.from(data, 'hex')), MalformedMedia);
    }
    assert.deepEqual(readVp8KeyFrameSize(Buffer.from('1002009d012a4041b440', 'hex')), { width: 320, height: 180 });
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { place } from './placement.ts';

const wide = { width: 1_280, height: 720 };
const tall = { width: 720, height: 1_280 };
const all = (size: { width: number; height: number }) => ({ x: 0, y: 0, ...size });

describe('a placement', () => {
  it('of FILL stretches the whole video over the whole tile', () => {
    const tile = { width: 200, height: 200 };
    assert.deepEqual(place(wide, tile, 'FILL'), { crop: all(wide), target: all(tile) });
  });

  it('of COVER cuts off what stands out at both sides alike', () => {
    const tile = { width: 320, height: 320 };
    assert.deepEqual(place(wide, tile, 'COVER'), {
      crop: { x: 280, y: 0, width: 720, height: 720 },
      target: all(tile),
    });
    assert.deepEqual(place(tall, { width: 320, height: 180 }, 'COVER').crop, {
      x: 0,
      y: 436,
      width: 720,
      height: 406,
    });
  });

  it('of CONTAIN leaves bars at both sides alike', () => {
    assert.deepEqual(place(tall, wide, 'CONTAIN'), {
      crop: all(tall),
      target: { x: 436, y: 0, width: 406, height: 720 },
    });
    assert.deepEqual(place(wide, { width: 400, height: 400 }, 'CONTAIN').target, {
      x: 0,
      y: 86,
      width: 400,
      height: 226,
    });
  });

  it('of a video of the shape of its tile is the whole of both', () => {
    for (const mode of ['FILL', 'COVER', 'CONTAIN'] as const) {
      assert.deepEqual(place(wide, { width: 320, height: 180 }, mode), {
        crop: all(wide),
        target: { x: 0, y: 0, width: 320, height: 180 },
      });
    }
  });

  it('never stands out, is never empty, and is even where memory asks for it', () => {
    const evenSide = fc.integer({ min: 1, max: 960 }).map((half) => 2 * half);
    const side = fc.integer({ min: 1, max: 1_920 });
    fc.assert(
      fc.property(
        fc.record({ width: side, height: side }),
        fc.record({ width: evenSide, height: evenSide }),
        fc.constantFrom('FILL', 'COVER', 'CONTAIN'),
        (video, tile, mode) => {
          const { crop, target } = place(video, tile, mode);
          for (const [inner, outer] of [
            [crop, video],
            [target, tile],
          ] as const) {
            assert.ok(inner.x >= 0 && inner.y >= 0 && inner.width > 0 && inner.height > 0);
            assert.ok(inner.x + inner.width <= outer.width && inner.y + inner.height <= outer.height);
            assert.ok(inner.x % 2 === 0 && inner.y % 2 === 0);
          }
          assert.ok(target.width % 2 === 0 && target.height % 2 === 0);
        },
      ),
    );
  });
});

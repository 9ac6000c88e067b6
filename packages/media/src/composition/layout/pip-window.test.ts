import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultPip } from './default-layouts.ts';

import type { PipLayout } from './layout.ts';
import { pipWindow } from './pip-window.ts';

const picture = { x: 0, y: 0, width: 1280, height: 720 };

function window(layout: Partial<PipLayout>, aspectRatio = 16 / 9): string {
  const { x, y, width, height } = pipWindow({ ...defaultPip, ...layout }, aspectRatio, picture);
  return `${x},${y} ${width}x${height}`;
}

describe('the window of a picture in picture', () => {
  it('is a quarter of the picture wide, or a third of it high, in the shape of its participant', () => {
    assert.equal(window({}), '960,540 320x180');
    assert.equal(window({}, 4 / 3), '960,480 320x240');
    assert.equal(window({}, 1), '1040,480 240x240');
    assert.equal(window({}, 9 / 16), '1146,480 134x240');
  });

  it('has the size that is told, and by the shape what is not', () => {
    assert.equal(window({ pipWidth: 400, pipHeight: 400 }), '880,320 400x400');
    assert.equal(window({ pipWidth: 480 }), '800,450 480x270');
    assert.equal(window({ pipHeight: 360 }), '640,360 640x360');
    assert.equal(window({ pipHeight: 360 }, 3 / 4), '1010,360 270x360');
  });

  it('is in its corner, so far from both edges', () => {
    const size = { pipWidth: 320, pipHeight: 180, pipOffset: 20 };
    assert.equal(window({ ...size, pipPosition: 'TOP_LEFT' }), '20,20 320x180');
    assert.equal(window({ ...size, pipPosition: 'TOP_RIGHT' }), '940,20 320x180');
    assert.equal(window({ ...size, pipPosition: 'BOTTOM_LEFT' }), '20,520 320x180');
    assert.equal(window({ ...size, pipPosition: 'BOTTOM_RIGHT' }), '940,520 320x180');
  });

  it('comes nearer to the edges rather than leave the picture, and is not larger than that', () => {
    assert.equal(window({ pipWidth: 320, pipOffset: 5000 }), '0,0 320x180');
    assert.equal(window({ pipWidth: 320, pipOffset: 5000, pipPosition: 'TOP_LEFT' }), '960,540 320x180');
    assert.equal(window({ pipWidth: 4000, pipHeight: 4000, pipOffset: 10 }), '0,0 1280x720');
    assert.equal(window({ pipWidth: 1280 }, 1), '0,0 1280x720');
  });

  it('is two pixels wide and high at least', () => {
    assert.equal(window({ pipWidth: 1, pipHeight: 1 }), '1278,718 2x2');
    assert.equal(window({ pipWidth: 3 }, 4), '1278,718 2x2');
  });

  it('is even and inside of every picture, whatever is told', () => {
    const even = fc.integer({ min: 1, max: 960 }).map((half) => 2 * half);
    const length = fc.option(fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1 })), { nil: undefined });
    const layout = fc.record({
      pipWidth: length,
      pipHeight: length,
      pipOffset: fc.oneof(fc.nat(100), fc.nat()),
      pipPosition: fc.constantFrom('TOP_LEFT', 'TOP_RIGHT', 'BOTTOM_LEFT', 'BOTTOM_RIGHT'),
    });
    const aspectRatio = fc.double({ min: 1 / 4, max: 4, noNaN: true });
    fc.assert(
      fc.property(layout, even, even, aspectRatio, ({ pipWidth, pipHeight, ...rest }, width, height, ratio) => {
        const told = { ...(pipWidth && { pipWidth }), ...(pipHeight && { pipHeight }) };
        const area = pipWindow({ ...defaultPip, ...rest, ...told }, ratio, { x: 0, y: 0, width, height });
        for (const value of Object.values(area)) assert.ok(Number.isInteger(value / 2) && value >= 0);
        assert.ok(area.width >= 2 && area.x + area.width <= width);
        assert.ok(area.height >= 2 && area.y + area.height <= height);
      }),
      { numRuns: 300 },
    );
  });
});

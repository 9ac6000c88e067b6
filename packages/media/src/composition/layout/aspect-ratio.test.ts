import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ownAspectRatio, tileAspectRatio } from './aspect-ratio.ts';
import { participant } from './layout.fixture.ts';

const of = (aspectRatio: number | undefined) => participant('a', {}, { aspectRatio });

describe('the shape of a tile', () => {
  it('is that of the layout, whatever the participant sends', () => {
    assert.equal(tileAspectRatio(of(4 / 3), 'VIDEO'), 16 / 9);
    assert.equal(tileAspectRatio(of(4 / 3), 'SQUARE'), 1);
    assert.equal(tileAspectRatio(of(4 / 3), 'PORTRAIT'), 3 / 4);
    assert.equal(tileAspectRatio(of(4 / 3), 'AUTO'), 4 / 3);
  });

  it('is 16:9 for a participant of whose picture nothing is known', () => {
    for (const aspectRatio of [undefined, 0, -1, Number.NaN]) assert.equal(ownAspectRatio(of(aspectRatio)), 16 / 9);
  });

  it('is the same for all layers of a video, whose sides are rounded', () => {
    const layersOf: [number, [number, number][]][] = [
      [
        16 / 9,
        [
          [1280, 720],
          [854, 480],
          [426, 240],
          [320, 176],
          [160, 90],
        ],
      ],
      [
        9 / 16,
        [
          [720, 1280],
          [360, 640],
          [134, 240],
          [176, 320],
        ],
      ],
      [
        4 / 3,
        [
          [640, 480],
          [320, 240],
          [214, 160],
        ],
      ],
      [
        1,
        [
          [480, 480],
          [122, 120],
        ],
      ],
    ];
    for (const [ratio, layers] of layersOf) {
      for (const [width, height] of layers)
        assert.equal(ownAspectRatio(of(width / height)), ratio, `${width}x${height}`);
    }
  });

  it('is no usual one for a picture that has none, and no longer than four to one', () => {
    assert.equal(ownAspectRatio(of(2)), 2);
    assert.equal(ownAspectRatio(of(100)), 4);
    assert.equal(ownAspectRatio(of(0.01)), 1 / 4);
    assert.equal(ownAspectRatio(of(Number.POSITIVE_INFINITY)), 4);
  });
});

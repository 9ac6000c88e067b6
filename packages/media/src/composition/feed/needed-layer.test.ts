import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { neededLayer } from './needed-layer.ts';

const layers = [
  { width: 320, height: 180 },
  { width: 640, height: 360 },
  { width: 1_280, height: 720 },
];
const unknown = { width: undefined, height: undefined };

describe('the layer that is needed for a tile', () => {
  it('is the smallest one that fills it', () => {
    assert.equal(neededLayer(layers, { width: 160, height: 90 }), 0);
    assert.equal(neededLayer(layers, { width: 320, height: 180 }), 0);
    assert.equal(neededLayer(layers, { width: 426, height: 240 }), 1);
    assert.equal(neededLayer(layers, { width: 1_280, height: 720 }), 2);
  });

  it('may be a little smaller than the tile', () => {
    assert.equal(neededLayer(layers, { width: 352, height: 198 }), 0);
    assert.equal(neededLayer(layers, { width: 360, height: 202 }), 1);
  });

  it('is the highest one for a tile that none of them fills', () => {
    assert.equal(neededLayer(layers, { width: 1_920, height: 1_080 }), 2);
  });

  it('is found by the shorter and by the longer side, whichever way round the pictures are', () => {
    assert.equal(neededLayer([{ width: 180, height: 320 }, ...layers.slice(1)], { width: 320, height: 180 }), 0);
    assert.equal(neededLayer(layers, { width: 360, height: 360 }), 1);
    assert.equal(neededLayer(layers, { width: 1_000, height: 180 }), 2);
  });

  it('is the highest one while sizes are not known, and one that is known to fill it as soon as it is', () => {
    assert.equal(neededLayer([unknown, unknown, unknown], { width: 100, height: 100 }), 2);
    assert.equal(neededLayer([unknown, { width: 640, height: 360 }, unknown], { width: 100, height: 100 }), 1);
  });

  it('is none that is too large to be drawn, as long as there is a smaller one', () => {
    const large = [...layers, { width: 3_840, height: 2_160 }];
    assert.equal(neededLayer(large, { width: 1_920, height: 1_080 }), 2);
    assert.equal(neededLayer([{ width: 3_840, height: 2_160 }], { width: 1_920, height: 1_080 }), 0);
  });
});

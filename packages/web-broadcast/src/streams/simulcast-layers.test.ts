import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layersToSend, SimulcastLayerPresets, validateLayers } from './simulcast-layers.ts';
import type { SimulcastLocalLayerConfiguration } from './stream-configuration.ts';

const { DEFAULT_180, DEFAULT_360, DEFAULT_480, DEFAULT_720 } = SimulcastLayerPresets;
const hd = { width: 1280, height: 720 };
const custom = (...layers: SimulcastLocalLayerConfiguration[]) => ({
  simulcast: { enabled: true, layers },
});

describe('simulcast layers', () => {
  const shapes = (width: number, height: number) =>
    layersToSend({ simulcast: { enabled: true } }, { width, height }).map(({ scaleDownBy }) => width / scaleDownBy);

  it('are by default three from 720p on, two from 360p on, and one below', () => {
    assert.deepEqual(shapes(1280, 720), [320, 640, 1280]);
    assert.deepEqual(shapes(960, 540), [320, 960]);
    assert.deepEqual(shapes(640, 360), [320, 640]);
    assert.deepEqual(shapes(480, 270), [480]);
    assert.deepEqual(shapes(720, 1280), [180, 360, 720]);
  });

  it('are scaled down to what a stage takes', () => {
    assert.deepEqual(shapes(1920, 1080), [320, 640, 1280]);
    assert.deepEqual(
      layersToSend({}, { width: 1920, height: 1080 }).map(({ scaleDownBy }) => scaleDownBy),
      [1.5],
    );
  });

  it('stay within the limits of the stream', () => {
    const layers = layersToSend({ maxVideoBitrateKbps: 900, maxFramerate: 18, simulcast: { enabled: true } }, hd);
    assert.deepEqual(
      layers.map(({ maxBitrateKbps, maxFramerate }) => [maxBitrateKbps, maxFramerate]),
      [
        [200, 15],
        [700, 18],
        [900, 18],
      ],
    );
  });

  it('are one unless simulcast is enabled', () => {
    for (const config of [
      {},
      { simulcast: {} },
      { simulcast: { enabled: false, layers: [DEFAULT_180, DEFAULT_720] } },
    ]) {
      assert.equal(layersToSend(config, hd).length, 1);
    }
  });

  it('may be chosen, in any order', () => {
    const config = custom(DEFAULT_720, DEFAULT_180, DEFAULT_480);
    validateLayers(config, hd);
    assert.deepEqual(
      layersToSend(config, hd).map(({ maxBitrateKbps }) => maxBitrateKbps),
      [200, 1000, 1700],
    );
  });

  for (const [what, config, source] of [
    ['none', custom(), hd],
    ['more than three', custom(DEFAULT_180, DEFAULT_360, DEFAULT_480, DEFAULT_720), hd],
    ['one larger than the source', custom(DEFAULT_720), { width: 640, height: 360 }],
    [
      'one larger than a stage takes',
      custom({ ...DEFAULT_720, width: 1920, height: 1080 }),
      { width: 1920, height: 1080 },
    ],
    ['one smaller than a stage takes', custom({ ...DEFAULT_180, width: 128, height: 72 }), hd],
    ['one of another aspect ratio', custom(DEFAULT_360), { width: 640, height: 480 }],
    ['one above the bitrate of the stream', { maxVideoBitrateKbps: 600, ...custom(DEFAULT_360) }, hd],
    ['one above the frame rate of the stream', { maxFramerate: 15, ...custom(DEFAULT_360) }, hd],
    ['one without a size', { simulcast: { enabled: true, layers: [{ ...DEFAULT_360, width: 0 }] } }, hd],
  ] as const) {
    it(`cannot be ${what}`, () => {
      assert.throws(() => validateLayers(config, source), RangeError);
    });
  }
});

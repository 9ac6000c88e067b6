import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isLargerThanAllowed,
  isSmallerThanAllowed,
  STAGE_MAX_BITRATE,
  STAGE_MAX_FRAMERATE,
  STAGE_MIN_BITRATE,
  STAGE_MIN_FRAMERATE,
  scaleToFit,
  validateAudioBounds,
  validateVideoBounds,
  videoBounds,
} from './stream-bounds.ts';

describe('the limits of a stream', () => {
  it('are the highest that may be unless it says otherwise', () => {
    assert.deepEqual(videoBounds({}), { maxBitrateKbps: STAGE_MAX_BITRATE, maxFramerate: STAGE_MAX_FRAMERATE });
  });

  it('may be said by the older name, unless the newer one is there', () => {
    assert.equal(videoBounds({ maxBitrate: 700 }).maxBitrateKbps, 700);
    assert.equal(videoBounds({ maxBitrate: 700, maxVideoBitrateKbps: 900 }).maxBitrateKbps, 900);
  });

  for (const config of [
    { maxVideoBitrateKbps: STAGE_MIN_BITRATE },
    { maxVideoBitrateKbps: STAGE_MAX_BITRATE },
    { maxFramerate: STAGE_MIN_FRAMERATE },
    { maxFramerate: STAGE_MAX_FRAMERATE },
    { minBitrate: -1 },
  ]) {
    it(`of a video may be ${JSON.stringify(config)}`, () => validateVideoBounds(config));
  }

  for (const config of [
    { maxVideoBitrateKbps: STAGE_MIN_BITRATE - 1 },
    { maxVideoBitrateKbps: STAGE_MAX_BITRATE + 1 },
    { maxVideoBitrateKbps: Number.NaN },
    { maxBitrate: 1_000_000 },
    { maxFramerate: STAGE_MIN_FRAMERATE - 1 },
    { maxFramerate: STAGE_MAX_FRAMERATE + 1 },
  ]) {
    it(`of a video cannot be ${JSON.stringify(config)}`, () => {
      assert.throws(() => validateVideoBounds(config), RangeError);
    });
  }

  it('of an audio stream are 12 to 128 kbps', () => {
    for (const maxAudioBitrateKbps of [12, 64, 128, undefined]) validateAudioBounds({ maxAudioBitrateKbps });
    for (const maxAudioBitrateKbps of [11, 129, Number.NaN]) {
      assert.throws(() => validateAudioBounds({ maxAudioBitrateKbps }), {
        name: 'RangeError',
        message: `maxAudioBitrateKbps is 12 to 128, not ${maxAudioBitrateKbps}`,
      });
    }
  });

  it('scale down what is too large, by its area or by its shorter side, upright or not', () => {
    const scale = (width: number, height: number) => scaleToFit({ width, height });
    assert.equal(scale(1280, 720), 1);
    assert.equal(scale(720, 1280), 1);
    assert.equal(scale(640, 360), 1);
    assert.equal(scale(1920, 1080), 1.5);
    assert.equal(scale(1080, 1080), 1.5);
    assert.equal(scale(3440, 720), Math.sqrt(3440 / 1280));
  });

  it('of a layer are those of a picture', () => {
    assert.equal(isLargerThanAllowed({ width: 720, height: 1280 }), false);
    assert.equal(isLargerThanAllowed({ width: 800, height: 800 }), true);
    assert.equal(isLargerThanAllowed({ width: 1282, height: 720 }), true);
    assert.equal(isSmallerThanAllowed({ width: 90, height: 160 }), false);
    assert.equal(isSmallerThanAllowed({ width: 128, height: 72 }), true);
  });
});

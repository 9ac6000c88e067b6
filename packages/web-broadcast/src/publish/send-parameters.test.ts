import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audioLimits, videoLimits } from './send-parameters.ts';

describe('send parameters', () => {
  it('are 2.5 Mbps at 30 frames a second and 64 kbps unless the stream says otherwise', () => {
    assert.deepEqual(videoLimits({}), { maxBitrate: 2_500_000, maxFramerate: 30 });
    assert.deepEqual(audioLimits({}), { maxBitrate: 64_000 });
    assert.deepEqual(videoLimits({ maxVideoBitrateKbps: 700, maxFramerate: 15 }), {
      maxBitrate: 700_000,
      maxFramerate: 15,
    });
    assert.deepEqual(audioLimits({ maxAudioBitrateKbps: 96 }), { maxBitrate: 96_000 });
  });

  it('keep audio between 12 and 128 kbps', () => {
    assert.equal(audioLimits({ maxAudioBitrateKbps: 1 }).maxBitrate, 12_000);
    assert.equal(audioLimits({ maxAudioBitrateKbps: 510 }).maxBitrate, 128_000);
  });
});

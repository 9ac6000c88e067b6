import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audioLimits, fitToEncodings, offeredEncodings, videoLimits } from './send-parameters.ts';

describe('send parameters', () => {
  const hd = { width: 1280, height: 720 };

  it('are 2.5 Mbps at 30 frames a second and 64 kbps unless the stream says otherwise', () => {
    const scaleResolutionDownBy = 1;
    assert.deepEqual(videoLimits({}, hd), [{ maxBitrate: 2_500_000, maxFramerate: 30, scaleResolutionDownBy }]);
    assert.deepEqual(audioLimits({}), [{ maxBitrate: 64_000 }]);
    assert.deepEqual(videoLimits({ maxVideoBitrateKbps: 700, maxFramerate: 15 }, hd), [
      { maxBitrate: 700_000, maxFramerate: 15, scaleResolutionDownBy },
    ]);
    assert.deepEqual(audioLimits({ maxAudioBitrateKbps: 96 }), [{ maxBitrate: 96_000 }]);
  });

  it('name the layers of a stream that has several', () => {
    const encodings = offeredEncodings(videoLimits({ simulcast: { enabled: true } }, hd));
    assert.deepEqual(
      encodings.map(({ rid, maxBitrate, scaleResolutionDownBy }) => [rid, maxBitrate, scaleResolutionDownBy]),
      [
        ['low', 200_000, 4],
        ['mid', 700_000, 2],
        ['hi', 1_700_000, 1],
      ],
    );
    assert.deepEqual(offeredEncodings(videoLimits({}, hd)), []);
  });

  it('leave out layers that nobody receives', () => {
    const limits = [{ maxBitrate: 1 }, { maxBitrate: 2 }, { maxBitrate: 3 }];
    const encodings = [{ rid: 'low' }, { rid: 'mid' }, { rid: 'hi' }];
    assert.deepEqual(fitToEncodings(limits, encodings, new Set(['mid', 'hi'])), [
      { maxBitrate: 1, active: true },
      { maxBitrate: 2, active: false },
      { maxBitrate: 3, active: false },
    ]);
  });

  it('fit a stream to the layers that were offered for another one', () => {
    const [low, mid, hi] = [{ maxBitrate: 1 }, { maxBitrate: 2 }, { maxBitrate: 3 }];
    const encodings = [{ rid: 'low' }, { rid: 'mid' }, { rid: 'hi' }];
    const nobody = new Set(['mid', 'hi']);
    assert.deepEqual(fitToEncodings([hi], encodings, nobody), [
      { active: false },
      { active: false },
      { maxBitrate: 3, active: true },
    ]);
    assert.deepEqual(fitToEncodings([low, mid, hi], [{}], new Set()), [{ maxBitrate: 3, active: true }]);
  });
});

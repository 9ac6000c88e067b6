import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NetworkQuality, networkQuality } from './network-quality.ts';

const { DOWN, POOR, NORMAL, GOOD, EXCELLENT } = NetworkQuality;

describe('networkQuality', () => {
  for (const [lossRatio, quality] of [
    [0, EXCELLENT],
    [0.01, EXCELLENT],
    [0.0101, GOOD],
    [0.03, GOOD],
    [0.0301, NORMAL],
    [0.08, NORMAL],
    [0.0801, POOR],
    [1, POOR],
  ] as const) {
    it(`is ${quality} with a loss of ${lossRatio}`, () => {
      assert.equal(networkQuality({ lossRatio, roundTripTimeSeconds: undefined }), quality);
      assert.equal(networkQuality({ lossRatio, roundTripTimeSeconds: 0.02 }), quality);
    });
  }

  for (const [roundTripTimeSeconds, quality] of [
    [0, EXCELLENT],
    [0.1, EXCELLENT],
    [0.101, GOOD],
    [0.2, GOOD],
    [0.201, NORMAL],
    [0.4, NORMAL],
    [0.401, POOR],
    [5, POOR],
  ] as const) {
    it(`is ${quality} with a round trip of ${roundTripTimeSeconds} s`, () => {
      assert.equal(networkQuality({ lossRatio: 0, roundTripTimeSeconds }), quality);
    });
  }

  it('is the worse of both', () => {
    assert.equal(networkQuality({ lossRatio: 0.02, roundTripTimeSeconds: 0.3 }), NORMAL);
    assert.equal(networkQuality({ lossRatio: 0.05, roundTripTimeSeconds: 0.15 }), NORMAL);
  });

  it('is 0 when nothing comes', () => {
    assert.equal(networkQuality(undefined), DOWN);
    assert.equal(DOWN, 0);
  });

  it('has a name', () => {
    assert.deepEqual(
      [DOWN, POOR, NORMAL, GOOD, EXCELLENT].map((quality) => NetworkQuality[quality]),
      ['DOWN', 'POOR', 'NORMAL', 'GOOD', 'EXCELLENT'],
    );
  });
});

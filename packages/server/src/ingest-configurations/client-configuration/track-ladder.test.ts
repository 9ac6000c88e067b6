import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type LadderTrack, type LadderWish, trackLadder } from './track-ladder.ts';

const LIMITS = { publishPixels: 1_280 * 720, publishBitrateBps: 8_500_000 };
const AUDIO_KBPS = 128;
const WISH: LadderWish = {
  width: 1_280,
  height: 720,
  framerate: { numerator: 30, denominator: 1 },
  maximumVideoTracks: undefined,
  maximumBitrateKbps: undefined,
};

function ladder(wish: Partial<LadderWish>, limits = LIMITS): string[] {
  return trackLadder({ ...WISH, ...wish }, limits, AUDIO_KBPS).map(describeTrack);
}

function describeTrack({ width, height, framerate: { numerator, denominator }, bitrateKbps }: LadderTrack): string {
  return `${width}x${height}@${numerator}/${denominator} ${bitrateKbps}`;
}

describe('the tracks that an encoder is told to make', () => {
  it('are three halves of each other, as large and as quick as it works', () => {
    assert.deepEqual(ladder({}), ['1280x720@30/1 2500', '640x360@30/1 880', '320x180@30/2 180']);
    const sixty = { framerate: { numerator: 60_000, denominator: 1_001 } };
    assert.deepEqual(ladder(sixty), ['1280x720@60000/1001 4200', '640x360@60000/2002 880', '320x180@60000/4004 180']);
    assert.deepEqual(ladder({ width: 720, height: 1_280 }), [
      '720x1280@30/1 2500',
      '360x640@30/1 880',
      '180x320@30/2 180',
    ]);
  });

  it('are no larger than stages take, nor so small', () => {
    assert.deepEqual(ladder({ width: 3_840, height: 2_160 }), ladder({}));
    assert.deepEqual(ladder({ width: 1_440, height: 1_080 })[0], '960x720@30/1 2010');
    assert.deepEqual(ladder({ width: 854, height: 480 }), ['854x480@30/1 1360', '426x240@30/1 480']);
    assert.deepEqual(ladder({ width: 300, height: 150 }), []);
    const unlimited = ladder({ width: 3_840, height: 2_160 }, { ...LIMITS, publishPixels: Infinity });
    assert.deepEqual(
      unlimited.map((track) => track.split('@')[0]),
      ['1920x1080', '960x540'],
    );
  });

  it('come neither too quickly nor too slowly', () => {
    const top = (numerator: number) => ladder({ framerate: { numerator, denominator: 1 } })[0]?.split(' ')[0];
    assert.deepEqual([144, 120, 12, 9].map(top), ['1280x720@144/3', '1280x720@120/2', '1280x720@12/1', undefined]);
    assert.match(ladder({ framerate: { numerator: 19, denominator: 1 } }).at(-1) ?? '', /@19\/1 /);
  });

  it('are as few as the encoder can make, the largest of them', () => {
    assert.deepEqual(ladder({ maximumVideoTracks: 1 }), ['1280x720@30/1 2500']);
    assert.deepEqual(ladder({ maximumVideoTracks: 2 }), ladder({}).slice(0, 2));
    assert.deepEqual(ladder({ maximumVideoTracks: 9 }), ladder({}));
  });

  it('share what bitrate there is, and are smaller where it is not enough', () => {
    assert.deepEqual(ladder({ maximumBitrateKbps: 2_500 }), [
      '1280x720@30/1 1660',
      '640x360@30/1 580',
      '320x180@30/2 110',
    ]);
    assert.deepEqual(ladder({ maximumBitrateKbps: 1_000 }), ['640x360@30/1 720', '320x180@30/2 140']);
    assert.deepEqual(ladder({ maximumBitrateKbps: 1_000, maximumVideoTracks: 1 }), ['640x360@30/1 870']);
    assert.deepEqual(ladder({ maximumBitrateKbps: 200 }), []);
    assert.deepEqual(ladder({}, { ...LIMITS, publishBitrateBps: Infinity }), ladder({}));
  });

  it('keep to every rule, whatever is wished for', () => {
    const optional = (most: number) => fc.option(fc.integer({ min: 1, max: most }), { nil: undefined });
    const wishes = fc.record({
      width: fc.integer({ min: 1, max: 16_384 }),
      height: fc.integer({ min: 1, max: 16_384 }),
      framerate: fc.record({
        numerator: fc.integer({ min: 1, max: 240_000 }),
        denominator: fc.integer({ min: 1, max: 1_001 }),
      }),
      maximumVideoTracks: optional(6),
      maximumBitrateKbps: optional(20_000),
    });
    fc.assert(
      fc.property(wishes, (wish) => {
        const tracks = trackLadder(wish, LIMITS, AUDIO_KBPS);
        const sumKbps = tracks.reduce((sum, { bitrateKbps }) => sum + bitrateKbps, AUDIO_KBPS);
        if (tracks.length > 0) assert.ok(sumKbps <= Math.min(8_500, wish.maximumBitrateKbps ?? Infinity));
        assert.ok(tracks.length <= Math.min(3, wish.maximumVideoTracks ?? 3));
        for (const { width, height, framerate } of tracks) {
          const rate = framerate.numerator / framerate.denominator;
          assert.ok(rate >= 10 && rate <= 60 && width % 2 === 0 && height % 2 === 0);
          assert.ok(width * height <= LIMITS.publishPixels && Math.min(width, height) <= 720);
          assert.ok(width <= wish.width && height <= wish.height && Math.min(width, height) >= 160);
        }
      }),
      { numRuns: 500 },
    );
  });
});

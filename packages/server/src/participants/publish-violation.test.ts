import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { VideoFacts } from '@proscenium/media';
import type { EventErrorCode } from '@proscenium/model';
import { type PublishLimits, publishViolation } from './publish-violation.ts';

const limits: PublishLimits = { publishPixels: 1_280 * 720, publishBitrateBps: 8_500_000 };
const unlimited: PublishLimits = { publishPixels: Infinity, publishBitrateBps: Infinity };

const baseline = {
  codec: 'h264',
  width: 1_280,
  height: 720,
  profileIdc: 66,
  constraints: 0x40,
  levelIdc: 31,
  chromaFormatIdc: 1,
  bitDepth: 8,
  interlaced: false,
  bFrames: false,
} as const;
const high = { ...baseline, profileIdc: 100, constraints: 0 };

type Case = [what: string, layers: VideoFacts[], expected: EventErrorCode | undefined];

const size = (width: number, height: number): VideoFacts => ({ codec: 'vp8', width, height });

describe('a publish is judged by each layer of its video', () => {
  const cases: Case[] = [
    ['nothing was looked at yet', [], undefined],
    ['Constrained Baseline', [baseline], undefined],
    ['Main without B-frames', [{ ...high, profileIdc: 77 }], undefined],
    ['High without B-frames', [high], undefined],
    ['High with B-frames', [{ ...high, bFrames: true }], 'B_FRAME_PRESENT'],
    [
      'B-frames in one layer of two',
      [
        { ...baseline, width: 640, height: 360 },
        { ...high, bFrames: true },
      ],
      'B_FRAME_PRESENT',
    ],
    ['4:2:2', [{ ...high, profileIdc: 122, chromaFormatIdc: 2 }], 'INVALID_VIDEO_CODEC'],
    ['4:4:4', [{ ...high, profileIdc: 244, chromaFormatIdc: 3 }], 'INVALID_VIDEO_CODEC'],
    ['no colours', [{ ...high, chromaFormatIdc: 0 }], 'INVALID_VIDEO_CODEC'],
    ['10 bit', [{ ...high, profileIdc: 110, bitDepth: 10 }], 'INVALID_VIDEO_CODEC'],
    ['interlaced', [{ ...high, interlaced: true }], 'INVALID_VIDEO_CODEC'],
    ['720p', [size(1_280, 720)], undefined],
    ['720p, upright', [size(720, 1_280)], undefined],
    ['wider, not higher, of the same area', [size(1_440, 640)], undefined],
    ['a little more', [size(1_282, 720)], 'RESOLUTION_EXCEEDED'],
    ['of the area, with a longer short side', [size(960, 960)], 'RESOLUTION_EXCEEDED'],
    ['1080p', [size(1_920, 1_080)], 'RESOLUTION_EXCEEDED'],
    ['1080p, upright', [size(1_080, 1_920)], 'RESOLUTION_EXCEEDED'],
    ['one layer too large of three', [size(480, 270), size(960, 540), size(1_920, 1_080)], 'RESOLUTION_EXCEEDED'],
    ['three layers that are too large together alone', [size(320, 180), size(640, 360), size(1_280, 720)], undefined],
    ['smaller than anybody sends on purpose', [size(160, 90)], undefined],
  ];
  for (const [what, video, expected] of cases) {
    test(`${what}: ${expected ?? 'admitted'}`, () => {
      assert.equal(publishViolation({ video, averageBps: undefined }, limits), expected);
    });
  }
});

describe('a publish is judged by the bitrate of all its streams together', () => {
  const cases: [averageBps: number | undefined, expected: EventErrorCode | undefined][] = [
    [undefined, undefined],
    [0, undefined],
    [8_500_000, undefined],
    [9_350_000, undefined],
    [9_350_001, 'BITRATE_EXCEEDED'],
    [100_000_000, 'BITRATE_EXCEEDED'],
  ];
  for (const [averageBps, expected] of cases) {
    test(`${averageBps} bit/s: ${expected ?? 'admitted'}`, () => {
      assert.equal(publishViolation({ video: [baseline], averageBps }, limits), expected);
    });
  }
});

describe('limits can be lifted', () => {
  test('to 1080p', () => {
    const to1080p = { ...limits, publishPixels: 1_920 * 1_080 };
    assert.equal(publishViolation({ video: [size(1_920, 1_080)], averageBps: 0 }, to1080p), undefined);
    assert.equal(publishViolation({ video: [size(1_080, 1_920)], averageBps: 0 }, to1080p), undefined);
    assert.equal(publishViolation({ video: [size(2_560, 1_440)], averageBps: 0 }, to1080p), 'RESOLUTION_EXCEEDED');
  });

  test('altogether, which makes nothing decodable', () => {
    const video = [{ ...high, width: 7_680, height: 4_320 }];
    assert.equal(publishViolation({ video, averageBps: 1e9 }, unlimited), undefined);
    assert.equal(
      publishViolation({ video: [{ ...high, bFrames: true }], averageBps: 0 }, unlimited),
      'B_FRAME_PRESENT',
    );
    assert.equal(
      publishViolation({ video: [{ ...high, bitDepth: 10 }], averageBps: 0 }, unlimited),
      'INVALID_VIDEO_CODEC',
    );
  });
});

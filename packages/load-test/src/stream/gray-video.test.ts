import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { findMark, GrayVideo } from './gray-video.ts';

const START_CODE = Buffer.of(0, 0, 0, 1);

function make(width: number, height: number, pictures: number, bytes: number): Buffer[] {
  const video = new GrayVideo({ width, height });
  return Array.from({ length: pictures }, (_, number) => {
    const units = video.next(number % 10 === 0, bytes, { timeMs: 1_790_000_000_000 + number, number });
    return Buffer.concat(units.flatMap((unit) => [START_CODE, unit]));
  });
}

describe('the gray video', () => {
  for (const [width, height] of [
    [1280, 720],
    [640, 360],
    [322, 182],
  ] as const) {
    test(`of ${width} × ${height} is decoded by FFmpeg without a complaint`, () => {
      const stream = Buffer.concat(make(width, height, 40, 6_000));
      const entries = 'stream=profile,width,height,has_b_frames:frame=pict_type';
      const probe = spawnSync('ffprobe', ['-v', 'warning', '-show_entries', entries, '-of', 'json', '-i', '-'], {
        input: stream,
        encoding: 'utf8',
      });
      assert.equal(probe.stderr, '');
      const { streams, frames } = JSON.parse(probe.stdout);
      assert.deepEqual(streams, [{ profile: 'Constrained Baseline', width, height, has_b_frames: 0 }]);
      const types = frames.map(({ pict_type }: { pict_type: string }) => pict_type).join('');
      assert.equal(types, 'IPPPPPPPPP'.repeat(4));
    });
  }

  test('has pictures of the size that was asked for, and its mark in each', () => {
    for (const [number, picture] of make(640, 360, 12, 2_000).entries()) {
      const startCodes = 4 * (picture.toString('latin1').split('\0\0\0\u0001').length - 1);
      assert.equal(picture.length - startCodes, 2_000);
      assert.deepEqual(findMark(picture), { timeMs: 1_790_000_000_000 + number, number });
    }
    assert.equal(findMark(Buffer.alloc(100)), undefined);
  });
});

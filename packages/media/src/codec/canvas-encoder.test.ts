import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { readSequenceParameterSet } from '../rtp/sequence-parameter-set.ts';
import { Canvas } from './canvas.ts';
import { CanvasEncoder, PRESETS } from './canvas-encoder.ts';
import { encodeColour, RED } from './drawing.fixture.ts';
import { decoderInput } from './picture-size.ts';
import type { Rectangle } from './rectangle.ts';

const settings = { width: 320, height: 180, framesPerSecond: 30, bitrateBps: 500_000, preset: 'veryfast' } as const;

describe('an encoder of canvases', () => {
  it('has one configuration, whatever the preset', async () => {
    for (const size of [
      { width: 320, height: 180 },
      { width: 1_280, height: 720 },
      { width: 1_920, height: 1_080 },
      { width: 2, height: 2 },
    ]) {
      const configs = [];
      for (const preset of PRESETS) {
        const encoder = await CanvasEncoder.open({ ...settings, ...size, framesPerSecond: 29.97, preset });
        configs.push(encoder.config);
        encoder.close();
      }
      const [first, ...others] = configs;
      for (const other of others) assert.deepEqual(other, first);
      const { width, height } = readSequenceParameterSet(first?.sequenceParameterSets[0] as Buffer);
      assert.deepEqual({ width, height }, size);
    }
  });

  it('gives each picture at once, and key frames only where they are asked for', async () => {
    for (const size of [
      { width: 320, height: 180 },
      { width: 1_920, height: 1_080 },
    ]) {
      const canvas = new Canvas(size);
      const encoder = await CanvasEncoder.open({ ...settings, ...size });
      const keys = [];
      for (const number of [7, 8, 9, 13, 14]) {
        const { keyFrame, units } = await encoder.encode(canvas, number, number === 13 ? 'key frame' : 'any');
        assert.ok(units.length > 0);
        keys.push(keyFrame);
      }
      assert.deepEqual(keys, [true, false, false, true, false]);
      encoder.close();
      canvas.close();
    }
  });

  it('takes any bitrate from a bit a second on', async () => {
    const canvas = new Canvas(settings);
    for (const bitrateBps of [1, 999, 1_000, 8_500_000]) {
      const encoder = await CanvasEncoder.open({ ...settings, bitrateBps });
      const { units } = await encoder.encode(canvas, 0, 'key frame');
      assert.ok(units.length > 0);
      encoder.close();
    }
    canvas.close();
  });

  it('keeps to its bitrate', async () => {
    const canvas = new Canvas(settings);
    const encoder = await CanvasEncoder.open(settings);
    let noise = 1;
    let bytes = 0;
    for (let number = 0; number < 90; number += 1) {
      for (const block of blocks(canvas)) {
        noise = (noise * 1_103_515_245 + 12_345) & 0x7fff_ffff;
        canvas.fill(block, { luma: 16 + ((noise >> 16) % 211), blue: 128, red: 128 });
      }
      const { units } = await encoder.encode(canvas, number, number % 60 === 0 ? 'key frame' : 'any');
      for (const unit of units) bytes += unit.length;
    }
    encoder.close();
    canvas.close();
    const bps = (8 * bytes) / 3;
    assert.ok(bps > 0.7 * settings.bitrateBps && bps < 1.3 * settings.bitrateBps, `${bps} bps`);
  });

  it('tells players which colours these are', async () => {
    const [units = []] = await encodeColour({ width: 320, height: 180 }, RED);
    const entries = 'stream=color_range,color_space,color_transfer,color_primaries';
    const output = execFileSync('ffprobe', ['-v', 'error', '-show_entries', entries, '-of', 'json', '-i', '-'], {
      input: decoderInput('h264', units),
      encoding: 'utf8',
    });
    assert.deepEqual(JSON.parse(output).streams, [
      {
        color_range: 'tv',
        color_space: 'smpte170m',
        color_transfer: 'smpte170m',
        color_primaries: 'smpte170m',
      },
    ]);
  });

  it('cannot be opened for an odd side', async () => {
    await assert.rejects(CanvasEncoder.open({ ...settings, width: 321 }), { name: 'CodecFailure', reason: 'INTERNAL' });
  });
});

function blocks({ width, height }: Canvas): Rectangle[] {
  const side = 10;
  return Array.from({ length: (width * height) / side ** 2 }, (_, index) => ({
    x: side * (index % (width / side)),
    y: side * Math.floor(index / (width / side)),
    width: side,
    height: side,
  }));
}

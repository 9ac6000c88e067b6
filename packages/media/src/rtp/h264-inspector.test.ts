import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessUnits, type Encoding, encodeH264, probe } from './encode.fixture.ts';
import { H264Inspector } from './h264-inspector.ts';
import { NAL_UNIT_TYPE, nalUnitType } from './nal-unit.ts';
import type { H264Facts } from './video-facts.ts';

function inspect(stream: Buffer): H264Facts | undefined {
  const inspector = new H264Inspector();
  let last: H264Facts | undefined;
  for (const unit of accessUnits(stream)) {
    const { facts, malformed } = inspector.inspect(unit);
    assert.deepEqual(malformed, []);
    last = facts;
  }
  return last;
}

function profileName({ profileIdc, constraints }: H264Facts): string {
  if (profileIdc === 66) return (constraints & 0x40) === 0 ? 'Baseline' : 'Constrained Baseline';
  const names: Record<number, string> = {
    77: 'Main',
    100: 'High',
    110: 'High 10',
    122: 'High 4:2:2',
    244: 'High 4:4:4 Predictive',
  };
  return names[profileIdc] ?? String(profileIdc);
}

function pixelFormat({ chromaFormatIdc, bitDepth }: H264Facts): string {
  const name = ['gray', 'yuv420p', 'yuv422p', 'yuv444p'][chromaFormatIdc];
  return bitDepth === 8 ? `${name}` : `${name}${bitDepth}le`;
}

const baseline = ['-profile:v', 'baseline'];
const streams: Record<string, Encoding> = {
  'Baseline at 1280x720': { size: '1280x720', arguments: [...baseline, '-level', '3.1'], frames: 3 },
  'Baseline upright': { size: '180x320', arguments: baseline },
  'Baseline with several slices': { arguments: baseline, x264: 'slices=4' },
  'Main without B-frames at 1920x1080, which is cropped': {
    size: '1920x1080',
    arguments: ['-profile:v', 'main', '-bf', '0'],
    frames: 2,
  },
  'Main with B-frames': { arguments: ['-profile:v', 'main', '-bf', '2'], x264: 'cabac=1' },
  'High with a pyramid of B-frames at 854x480, which is cropped': {
    size: '854x480',
    arguments: ['-bf', '3', '-b_strategy', '0'],
    x264: 'b-pyramid=normal:8x8dct=1',
  },
  'High without B-frames and with scaling lists': { arguments: ['-bf', '0'], x264: 'cqm=jvt:8x8dct=1' },
  'High with hypothetical decoder and colours': {
    arguments: ['-bf', '0', '-b:v', '300k', '-maxrate', '300k', '-bufsize', '300k', '-color_primaries', 'bt709'],
    x264: 'nal-hrd=cbr:8x8dct=1',
  },
  'a picture of odd shape': { size: '322x182', arguments: baseline, frames: 2 },
  'interlaced, cropped': { size: '640x360', x264: 'interlaced=1', arguments: ['-flags', '+ildct+ilme', '-bf', '2'] },
  'marked as interlaced only': { x264: 'fake-interlaced=1', arguments: ['-bf', '0'] },
  '4:2:2, cropped': { size: '854x480', pixelFormat: 'yuv422p', frames: 2 },
  '10 bit': { pixelFormat: 'yuv420p10le', frames: 2 },
  '4:4:4, cropped': { size: '322x181', pixelFormat: 'yuv444p', frames: 2 },
};

describe('the facts of an H.264 stream', () => {
  for (const [name, encoding] of Object.entries(streams)) {
    it(`are as FFmpeg says: ${name}`, () => {
      const stream = encodeH264(encoding);
      const facts = inspect(stream);
      const probed = probe(stream);
      assert.ok(facts);
      assert.equal(profileName(facts), probed.profile);
      assert.equal(facts.levelIdc, probed.level);
      assert.deepEqual([facts.width, facts.height], [probed.width, probed.height]);
      assert.equal(pixelFormat(facts), probed.pix_fmt);
      assert.equal(facts.bFrames, probed.types.includes('B'));
      assert.equal(facts.interlaced, (encoding.x264 ?? '').includes('interlaced'));
    });
  }

  it('are not known before the parameter sets came', () => {
    const [, ...rest] = accessUnits(encodeH264({ arguments: ['-bf', '0'] }));
    const inspector = new H264Inspector();
    for (const unit of rest)
      assert.deepEqual(inspector.inspect(unit), { facts: undefined, userData: [], malformed: [] });
  });

  it('tell of B-frames also when one joins before the parameter sets', () => {
    const [key, ...rest] = accessUnits(encodeH264({ arguments: ['-bf', '2', '-b_strategy', '0'] }));
    assert.ok(key);
    const inspector = new H264Inspector();
    for (const unit of rest) inspector.inspect(unit);
    assert.equal(inspector.inspect(key).facts?.bFrames, true);
  });

  it('tell of pictures out of order though no slice is a B slice', () => {
    const pictures = accessUnits(encodeH264({ arguments: ['-bf', '2', '-b_strategy', '0'] }));
    const inspector = new H264Inspector();
    const facts = pictures.map(
      (unit) => inspector.inspect({ ...unit, units: unit.units.map(asPredicted) }).facts?.bFrames,
    );
    assert.deepEqual(facts.slice(0, 3), [false, false, true]);
  });

  it('do not take a key frame that was lost for pictures out of order', () => {
    const stream = encodeH264({
      frames: 16,
      arguments: ['-bf', '1', '-g', '8', '-b_strategy', '0'],
      x264: 'scenecut=0',
    });
    const pictures = accessUnits(stream).filter((_, index) => index < 2 || index > 8);
    assert.equal(pictures.filter(({ keyFrame }) => keyFrame).length, 1);
    const inspector = new H264Inspector();
    const facts = pictures.map(
      (unit, index) => inspector.inspect({ ...unit, afterLoss: index === 2, units: unit.units.map(asPredicted) }).facts,
    );
    assert.equal(facts.at(-1)?.bFrames, false);
  });

  it('change with the stream', () => {
    const inspector = new H264Inspector();
    const sizes = ['320x180', '640x360'].flatMap((size) =>
      accessUnits(encodeH264({ size, frames: 2 })).map((unit) => inspector.inspect(unit).facts?.width),
    );
    assert.deepEqual(sizes, [320, 320, 640, 640]);
  });

  it('come without what cannot be read, which is told', () => {
    const [key] = accessUnits(encodeH264({ frames: 1 }));
    assert.ok(key);
    const units = key.units.map((unit) =>
      nalUnitType(unit) === NAL_UNIT_TYPE.sequenceParameterSet ? unit.subarray(0, 5) : unit,
    );
    const { facts, malformed } = new H264Inspector().inspect({ ...key, units });
    assert.equal(facts, undefined);
    assert.equal(malformed[0]?.reason, 'TRUNCATED');
  });
});

/** The same slice, but as a P slice: a first macroblock 0 is the bit 1, B is 010 or 00111, P is 1 or 00110. */
function asPredicted(nalUnit: Buffer): Buffer {
  if (nalUnitType(nalUnit) !== NAL_UNIT_TYPE.slice) return nalUnit;
  const copy = Buffer.from(nalUnit);
  const first = copy.readUInt8(1);
  if ((first & 0xfc) === 0x9c) copy[1] = (first & 0x03) | 0x98;
  return copy;
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessUnits, encodeH264 } from '../rtp/encode.fixture.ts';
import { type H264Facts, NAL_UNIT_TYPE, nalUnitType } from '../rtp/index.ts';
import { VideoPassthrough } from './video-passthrough.ts';

const { slice, idrSlice, supplementalEnhancement, sequenceParameterSet, pictureParameterSet, fillerData } =
  NAL_UNIT_TYPE;
const SETS: readonly number[] = [sequenceParameterSet, pictureParameterSet];

/** Pictures as RTMP carries them: their parameter sets came before. */
const encoded = accessUnits(encodeH264({ frames: 9, arguments: ['-g', '3'] }));
const all = encoded.flatMap(({ units }) => units);
const configuration = {
  sps: all.filter((unit) => nalUnitType(unit) === sequenceParameterSet).slice(0, 1),
  pps: all.filter((unit) => nalUnitType(unit) === pictureParameterSet).slice(0, 1),
};
const pictures = encoded.map(({ units, keyFrame }) => ({
  keyFrame,
  nalUnits: units.filter((unit) => !SETS.includes(nalUnitType(unit))),
}));

describe('a video passthrough', () => {
  it('begins at a key frame, repeats parameter sets before each, and leaves delimiters out', () => {
    const { passthrough } = open();
    const [first, second, third] = pictures;
    assert.ok(first && second && third);
    assert.equal(passthrough.pass(second), undefined);
    const passed = pictures.map((picture) => passthrough.pass(picture)?.map(nalUnitType));
    assert.deepEqual(passed[0], [sequenceParameterSet, pictureParameterSet, supplementalEnhancement, idrSlice]);
    assert.deepEqual(passed[1], [slice]);
    assert.deepEqual(passed[3], [sequenceParameterSet, pictureParameterSet, idrSlice]);
  });

  it('takes parameter sets from the pictures, where those bring others', () => {
    const { passthrough, told } = open();
    const [larger] = accessUnits(encodeH264({ frames: 1, size: '640x360' }));
    const [first, second] = pictures;
    assert.ok(first && second && larger);
    passthrough.pass(first);
    passthrough.pass({ keyFrame: true, nalUnits: larger.units });
    const idr = larger.units.filter((unit) => nalUnitType(unit) === idrSlice);
    const passed = passthrough.pass({ keyFrame: true, nalUnits: idr });
    assert.deepEqual(passed?.map(nalUnitType), [sequenceParameterSet, pictureParameterSet, idrSlice]);
    assert.deepEqual(
      told.map(({ width }) => width),
      [320, 640],
    );
  });

  it('takes parameter sets from messages of their own, and sends those with the key frame that follows', () => {
    const { passthrough, told } = open();
    const [first] = pictures;
    const [larger] = accessUnits(encodeH264({ frames: 1, size: '640x360' }));
    assert.ok(first && larger);
    passthrough.pass(first);
    const ofType = (type: number) => larger.units.filter((unit) => nalUnitType(unit) === type);
    for (const type of SETS) assert.equal(passthrough.pass({ keyFrame: false, nalUnits: ofType(type) }), undefined);
    const passed = passthrough.pass({ keyFrame: true, nalUnits: ofType(idrSlice) });
    assert.deepEqual(passed, [...SETS.flatMap(ofType), ...ofType(idrSlice)]);
    assert.deepEqual(
      told.map(({ width }) => width),
      [320, 640],
    );
  });

  it('repeats no parameter sets that are made to be many', () => {
    const { passthrough } = open({ sps: [Buffer.alloc(5_000, sequenceParameterSet)], pps: [] });
    const [first] = pictures;
    assert.ok(first);
    assert.deepEqual(passthrough.pass(first)?.map(nalUnitType), [supplementalEnhancement, idrSlice]);
  });

  it('sends what came without a picture with the next one', () => {
    const { passthrough } = open();
    const [first, second, third] = pictures;
    assert.ok(first && second && third);
    passthrough.pass(first);
    const information = Buffer.of(supplementalEnhancement, 5, 1, 0xaa, 0x80);
    assert.equal(passthrough.pass({ keyFrame: false, nalUnits: [information] }), undefined);
    assert.deepEqual(passthrough.pass(second)?.map(nalUnitType), [supplementalEnhancement, slice]);
    assert.deepEqual(passthrough.pass(third)?.map(nalUnitType), [slice]);
  });

  it('leaves stuffing out, and pictures of nothing else', () => {
    const { passthrough } = open();
    const [first, second] = pictures;
    assert.ok(first && second);
    passthrough.pass(first);
    const stuffing = Buffer.of(fillerData, 0xff, 0xff, 0x80);
    assert.deepEqual(passthrough.pass({ ...second, nalUnits: [...second.nalUnits, stuffing] })?.map(nalUnitType), [
      slice,
    ]);
    assert.equal(passthrough.pass({ keyFrame: false, nalUnits: [stuffing] }), undefined);
  });

  it('tells of B-frames', () => {
    const { passthrough, told } = open({ sps: [], pps: [] });
    const x264 = 'bframes=2:b-adapt=0';
    for (const { units, keyFrame } of accessUnits(encodeH264({ frames: 12, x264 }))) {
      passthrough.pass({ nalUnits: units, keyFrame });
    }
    assert.deepEqual(
      told.map(({ bFrames }) => bFrames),
      [false, true],
    );
  });
});

function open(sets = configuration): { passthrough: VideoPassthrough; told: H264Facts[] } {
  const told: H264Facts[] = [];
  const passthrough = new VideoPassthrough((facts) => told.push(facts));
  passthrough.configure(sets);
  return { passthrough, told };
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MalformedMedia } from '../rtp/malformed-media.ts';
import { findBoxes, outline, type ReadBox, readBoxes } from './boxes.fixture.ts';
import { initSegment } from './init-segment.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** Constrained Baseline 3.1, 1280 x 720. */
const sps = hex('67 42c01f da014016e840000003004000000f23c60ca8');
const pps = hex('68 ce0472');
/** High 1.2, 320 x 180. */
const highSps = hex('67 64000c acd94141 9f9e1000000300100000030 3c0f14299 60');
const stereo = hex('1190');
const video = { sequenceParameterSets: [sps], pictureParameterSets: [pps] } as const;
const audio = { audioSpecificConfig: stereo };

const one = (boxes: readonly ReadBox[], path: string): Buffer => {
  const [found, ...others] = findBoxes(boxes, path);
  assert.ok(found && others.length === 0, path);
  return found.body;
};
const eachOf = (boxes: readonly ReadBox[], path: string) => findBoxes(boxes, path).map(({ body }) => body);

describe('an init segment', () => {
  it('tells both tracks, and nothing that a fragmented file has no use for', () => {
    const track = (sampleEntry: string, configuration: string, header: string) => [
      ' trak',
      '  tkhd',
      '  mdia',
      '   mdhd',
      '   hdlr',
      '   minf',
      `    ${header}`,
      '    dinf',
      '     dref',
      '      url ',
      '    stbl',
      '     stsd',
      `      ${sampleEntry}`,
      `       ${configuration}`,
      '     stts',
      '     stsc',
      '     stsz',
      '     stco',
    ];
    assert.deepEqual(outline(readBoxes(initSegment({ video, audio }))), [
      'ftyp',
      'moov',
      ' mvhd',
      ...track('avc1', 'avcC', 'vmhd'),
      ...track('mp4a', 'esds', 'smhd'),
      ' mvex',
      '  trex',
      '  trex',
    ]);
  });

  it('says to be what HLS asks for', () => {
    assert.equal(one(readBoxes(initSegment({ video })), 'ftyp').toString('latin1'), 'iso6\0\0\0\0iso6mp41');
  });

  it('gives each track its number, its clock and its size', () => {
    const boxes = readBoxes(initSegment({ video, audio }));
    const headers = eachOf(boxes, 'moov/trak/tkhd');
    assert.deepEqual(
      headers.map((body) => body.readUInt32BE(12)),
      [1, 2],
    );
    assert.deepEqual(
      headers.map((body) => [body.readUInt32BE(76) / 65_536, body.readUInt32BE(80) / 65_536]),
      [
        [1280, 720],
        [0, 0],
      ],
    );
    assert.deepEqual(
      eachOf(boxes, 'moov/trak/mdia/mdhd').map((body) => body.readUInt32BE(12)),
      [90_000, 48_000],
    );
    assert.deepEqual(
      eachOf(boxes, 'moov/mvex/trex').map((body) => body.toString('hex')),
      ['000000000000000100000001000000000000000000000000', '000000000000000200000001000000000000000000000000'],
    );
    assert.equal(one(boxes, 'moov/mvhd').readUInt32BE(96), 3);
  });

  it('holds the parameter sets of H.264 as ISO/IEC 14496-15 lays them out', () => {
    const boxes = readBoxes(initSegment({ video }));
    const entry = one(boxes, 'moov/trak/mdia/minf/stbl/stsd/avc1');
    assert.deepEqual([entry.readUInt16BE(24), entry.readUInt16BE(26)], [1280, 720]);
    assert.equal(
      one(boxes, 'moov/trak/mdia/minf/stbl/stsd/avc1/avcC').toString('hex'),
      `01 42c01f ff e1 0016 ${sps.toString('hex')} 01 0004 ${pps.toString('hex')}`.replaceAll(' ', ''),
    );
  });

  it('tells the chroma format of profiles above Main, and takes several parameter sets', () => {
    const config = { sequenceParameterSets: [highSps], pictureParameterSets: [pps, pps] } as const;
    const record = one(readBoxes(initSegment({ video: config })), 'moov/trak/mdia/minf/stbl/stsd/avc1/avcC');
    const sets = `0004${pps.toString('hex')}`;
    assert.ok(record.toString('hex').endsWith(`02${sets}${sets}fdf8f800`), record.toString('hex'));
  });

  it('holds the configuration of AAC as ISO/IEC 14496-1 lays it out', () => {
    const boxes = readBoxes(initSegment({ audio }));
    const entry = one(boxes, 'moov/trak/mdia/minf/stbl/stsd/mp4a');
    assert.deepEqual([entry.readUInt16BE(16), entry.readUInt32BE(24) / 65_536], [2, 48_000]);
    assert.equal(
      one(boxes, 'moov/trak/mdia/minf/stbl/stsd/mp4a/esds').toString('hex'),
      '00000000 03 19 0000 00 04 11 40 15 000000 00000000 00000000 05 02 1190 06 01 02'.replaceAll(' ', ''),
    );
  });

  it('may have one track alone', () => {
    const numbers = (init: Buffer) => eachOf(readBoxes(init), 'moov/trak/tkhd').map((body) => body.readUInt32BE(12));
    assert.deepEqual(numbers(initSegment({ video })), [1]);
    assert.deepEqual(numbers(initSegment({ audio })), [2]);
    assert.throws(() => initSegment({}), RangeError);
  });

  it('is not made of what cannot be read', () => {
    const broken = { sequenceParameterSets: [hex('6742')], pictureParameterSets: [pps] } as const;
    assert.throws(() => initSegment({ video: broken }), MalformedMedia);
    assert.throws(() => initSegment({ audio: { audioSpecificConfig: hex('11') } }), MalformedMedia);
  });
});

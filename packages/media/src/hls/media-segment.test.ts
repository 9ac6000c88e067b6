import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findBoxes, outline, readBoxes } from './boxes.fixture.ts';
import { mediaSegment } from './media-segment.ts';

const sample = (data: string, duration: number, keyFrame = true) => ({ data: Buffer.from(data), duration, keyFrame });
const video = { baseTime: 2 ** 40 + 5, samples: [sample('KEY', 3_000), sample('delta', 3_003, false)] };
const audio = { baseTime: 4_096, samples: [sample('a', 1_024), sample('bb', 1_024)] };

describe('a media segment', () => {
  it('is one fragment with a run for each track', () => {
    assert.deepEqual(outline(readBoxes(mediaSegment({ sequenceNumber: 7, video, audio }))), [
      'styp',
      'moof',
      ' mfhd',
      ' traf',
      '  tfhd',
      '  tfdt',
      '  trun',
      ' traf',
      '  tfhd',
      '  tfdt',
      '  trun',
      'mdat',
    ]);
  });

  it('tells where it stands: its number, and the time of the first sample in 64 bits', () => {
    const boxes = readBoxes(mediaSegment({ sequenceNumber: 7, video, audio }));
    assert.deepEqual(
      findBoxes(boxes, 'moof/mfhd').map(({ body }) => body.toString('hex')),
      ['0000000000000007'],
    );
    assert.deepEqual(
      findBoxes(boxes, 'moof/traf/tfhd').map(({ body }) => body.toString('hex')),
      ['0002000000000001', '0002000000000002'],
    );
    assert.deepEqual(
      findBoxes(boxes, 'moof/traf/tfdt').map(({ body }) => body.toString('hex')),
      ['010000000000010000000005', '010000000000000000001000'],
    );
  });

  it('tells of each sample its duration, its size and whether decoding may begin with it', () => {
    const boxes = readBoxes(mediaSegment({ sequenceNumber: 1, video, audio }));
    const [videoRun, audioRun] = findBoxes(boxes, 'moof/traf/trun').map(({ body }) => body);
    assert.deepEqual(
      words(videoRun).filter((_, index) => index !== 2),
      [0x000701, 2, ...[3_000, 3, 0x02000000], ...[3_003, 5, 0x01010000]],
    );
    assert.deepEqual(words(audioRun).slice(3), [1_024, 1, 0x02000000, 1_024, 2, 0x02000000]);
  });

  it('tells how much later pictures are shown than decoded, where they are', () => {
    const samples = [0, 180, -90].map((compositionOffset) => ({ ...sample('p', 90), compositionOffset }));
    const reordered = mediaSegment({ sequenceNumber: 1, video: { baseTime: 0, samples } });
    const [run] = findBoxes(readBoxes(reordered), 'moof/traf/trun').map(({ body }) => body);
    const [versionAndFlags, count, , ...table] = words(run);
    assert.deepEqual([versionAndFlags, count], [0x01000f01, 3]);
    assert.deepEqual(
      table.filter((_, index) => index % 4 === 3),
      [0, 180, 2 ** 32 - 90],
    );
  });

  it('has the data of each run where the run says', () => {
    const segment = mediaSegment({ sequenceNumber: 1, video, audio });
    const boxes = readBoxes(segment);
    const [moof] = findBoxes(boxes, 'moof');
    const data = findBoxes(boxes, 'moof/traf/trun').map(({ body }) => {
      const start = (moof?.offset ?? 0) + body.readInt32BE(8);
      return segment.toString('latin1', start, start + 3);
    });
    assert.deepEqual(data, ['KEY', 'abb']);
    assert.deepEqual(
      findBoxes(boxes, 'mdat').map(({ body }) => body.toString()),
      ['KEYdeltaabb'],
    );
  });

  it('leaves out a track that has no sample, and cannot be without any', () => {
    const tracks = (segment: Buffer) =>
      findBoxes(readBoxes(segment), 'moof/traf/tfhd').map(({ body }) => body.readUInt32BE(4));
    assert.deepEqual(tracks(mediaSegment({ sequenceNumber: 1, audio })), [2]);
    assert.deepEqual(tracks(mediaSegment({ sequenceNumber: 1, video, audio: { baseTime: 0, samples: [] } })), [1]);
    assert.throws(() => mediaSegment({ sequenceNumber: 1 }), RangeError);
  });

  it('takes no time and no duration that the format cannot tell', () => {
    const at = (baseTime: number) => mediaSegment({ sequenceNumber: 1, audio: { ...audio, baseTime } });
    assert.throws(() => at(-1), RangeError);
    assert.throws(() => at(0.5), RangeError);
    const lasting = (duration: number) => ({ baseTime: 0, samples: [sample('a', duration)] });
    assert.throws(() => mediaSegment({ sequenceNumber: 1, video: lasting(-1) }), RangeError);
    assert.throws(() => mediaSegment({ sequenceNumber: 1, video: lasting(2 ** 32) }), RangeError);
  });
});

function words(body: Buffer | undefined): number[] {
  return Array.from({ length: (body?.length ?? 0) / 4 }, (_, index) => body?.readUInt32BE(4 * index) ?? 0);
}

import { box, fullBox, uint32, uint64 } from './box.ts';
import { AUDIO_TRACK_ID, type Sample, type Track, VIDEO_TRACK_ID } from './track.ts';

/** ISO/IEC 14496-12 §8.8.7 */
const DEFAULT_BASE_IS_MOOF = 0x020000;
/** §8.8.8: data offset, and of each sample its duration, size and flags. */
const RUN_FLAGS = 0x000001 | 0x000100 | 0x000200 | 0x000400;
/** And how much later than decoded it is shown, which may be negative in version 1. */
const RUN_WITH_OFFSETS = { version: 1, flags: RUN_FLAGS | 0x000800 } as const;
const RUN_WITHOUT_OFFSETS = { version: 0, flags: RUN_FLAGS } as const;
/** §8.8.3.1: depends on no other sample. */
const SYNC_SAMPLE = 0x02000000;
/** Depends on others, and decoding cannot begin with it. */
const NON_SYNC_SAMPLE = 0x01010000;
const BOX_HEADER_BYTES = 8;

export interface SegmentMedia {
  /** Grows from each segment to the next one. */
  readonly sequenceNumber: number;
  readonly video?: Track;
  readonly audio?: Track;
}

/**
 * One fragment with all that a segment holds. A track without samples is left out.
 *
 * @throws {RangeError} where there is no sample at all
 */
export function mediaSegment({ sequenceNumber, video, audio }: SegmentMedia): Buffer {
  const runs: PlacedTrack[] = [];
  let dataBytes = 0;
  for (const [id, track] of [
    [VIDEO_TRACK_ID, video],
    [AUDIO_TRACK_ID, audio],
  ] as const) {
    if (track === undefined || track.samples.length === 0) continue;
    runs.push({ id, track, dataOffset: dataBytes });
    dataBytes += track.samples.reduce((sum, { data }) => sum + data.length, 0);
  }
  if (runs.length === 0) throw new RangeError('A segment needs a sample');
  // How long the box is does not depend on the offsets in it.
  const headerBytes = movieFragment(sequenceNumber, runs, 0).length + BOX_HEADER_BYTES;
  return Buffer.concat([
    box('styp', Buffer.from('msdh'), uint32(0), Buffer.from('msdhiso6')),
    movieFragment(sequenceNumber, runs, headerBytes),
    uint32(BOX_HEADER_BYTES + dataBytes),
    Buffer.from('mdat'),
    ...runs.flatMap(({ track }) => track.samples.map(({ data }) => data)),
  ]);
}

interface PlacedTrack {
  readonly id: number;
  readonly track: Track;
  /** From the first byte of the segment's data. */
  readonly dataOffset: number;
}

function movieFragment(sequenceNumber: number, runs: readonly PlacedTrack[], headerBytes: number): Buffer {
  const trackFragments = runs.map(({ id, track, dataOffset }) =>
    box(
      'traf',
      fullBox('tfhd', 0, DEFAULT_BASE_IS_MOOF, uint32(id)),
      fullBox('tfdt', 1, 0, uint64(track.baseTime)),
      trackRun(track.samples, headerBytes + dataOffset),
    ),
  );
  return box('moof', fullBox('mfhd', 0, 0, uint32(sequenceNumber)), ...trackFragments);
}

function trackRun(samples: readonly Sample[], dataOffset: number): Buffer {
  const reordered = samples.some(({ compositionOffset = 0 }) => compositionOffset !== 0);
  const { version, flags } = reordered ? RUN_WITH_OFFSETS : RUN_WITHOUT_OFFSETS;
  const table = samples.flatMap(({ data, duration, keyFrame, compositionOffset = 0 }) => [
    duration,
    data.length,
    keyFrame ? SYNC_SAMPLE : NON_SYNC_SAMPLE,
    ...(reordered ? [compositionOffset >>> 0] : []),
  ]);
  return fullBox('trun', version, flags, uint32(samples.length, dataOffset), uint32(...table));
}

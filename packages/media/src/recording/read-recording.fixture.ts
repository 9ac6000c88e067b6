import { execFileSync, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBoxes, type ReadBox, readBoxes } from '../hls/boxes.fixture.ts';
import type { PlaylistEntry } from '../hls/media-playlist.ts';
import { readMediaPlaylist } from '../hls/read-media-playlist.ts';
import { PARTICIPANT_LAYOUT } from './folder-layout.ts';

export interface ReadSample {
  /** In seconds, on the time of the segment. */
  readonly at: number;
  readonly duration: number;
  readonly data: Buffer;
}

export interface ReadSegment extends PlaylistEntry {
  readonly init: Buffer;
  readonly bytes: Buffer;
  readonly video: readonly ReadSample[];
  readonly audio: readonly ReadSample[];
}

/** The segments of a recording's folder, taken apart. */
export async function readSegments(folder: string, layout = PARTICIPANT_LAYOUT): Promise<ReadSegment[]> {
  const rendition = join(folder, layout.renditionFolder);
  const { entries } = readMediaPlaylist(await readFile(join(folder, layout.playlistFile), 'utf8'));
  return Promise.all(
    entries.map(async (entry) => {
      const bytes = await readFile(join(rendition, entry.uri));
      return {
        ...entry,
        init: await readFile(join(rendition, entry.map)),
        bytes,
        ...readSamples(bytes),
      };
    }),
  );
}

/** What is in a media segment. */
export function readSamples(segment: Buffer): Record<'video' | 'audio', ReadSample[]> {
  const boxes = readBoxes(segment);
  return { video: samplesOf(segment, boxes, 1, 90_000), audio: samplesOf(segment, boxes, 2, 48_000) };
}

function samplesOf(bytes: Buffer, boxes: readonly ReadBox[], trackId: number, timescale: number): ReadSample[] {
  const [moof] = findBoxes(boxes, 'moof');
  const fragment = findBoxes(boxes, 'moof/traf').find(
    ({ boxes: inside }) => inside[0]?.body.readUInt32BE(4) === trackId,
  );
  if (!moof || !fragment) return [];
  const [, time, run] = fragment.boxes;
  if (!time || !run) throw new Error('a fragment is incomplete');
  let ticks = Number(time.body.readBigUInt64BE(4));
  let offset = moof.offset + run.body.readUInt32BE(8);
  return Array.from({ length: run.body.readUInt32BE(4) }, (_, index) => {
    const duration = run.body.readUInt32BE(12 + 12 * index);
    const size = run.body.readUInt32BE(16 + 12 * index);
    const sample = {
      at: ticks / timescale,
      duration: duration / timescale,
      data: bytes.subarray(offset, offset + size),
    };
    ticks += duration;
    offset += size;
    return sample;
  });
}

/** When beeps begin, in seconds on the time of the segments, which go on from each other. */
export function beepsIn(segments: readonly ReadSegment[]): number[] {
  const pcm = decode(segments, ['-map', '0:a', '-ac', '1', '-ar', '48000', '-f', 's16le']);
  const samples = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);
  const loud = Array.from(samples, (sample) => Math.abs(sample) > 6_000);
  return beginnings(loud, 4_800).map((index) => (segments[0]?.audio[0]?.at ?? 0) + index / 48_000);
}

/** When flashes begin, in the same way. */
export function flashesIn(segments: readonly ReadSegment[]): number[] {
  // One number a picture: how bright it is on average.
  const light = decode(segments, [
    '-map',
    '0:v',
    '-vf',
    'scale=1:1:flags=area',
    '-fps_mode',
    'passthrough',
    '-pix_fmt',
    'gray',
    '-f',
    'rawvideo',
  ]);
  const times = segments.flatMap(({ video }) => video.map(({ at }) => at));
  return beginnings(
    [...light].map((brightness) => brightness > 128),
    5,
  ).map((index) => times[index] ?? Number.NaN);
}

function decode(segments: readonly ReadSegment[], output: readonly string[]): Buffer {
  const [first] = segments;
  const input = Buffer.concat([first?.init ?? Buffer.alloc(0), ...segments.map(({ bytes }) => bytes)]);
  const all = ['-nostdin', '-v', 'error', '-i', '-', ...output, '-'];
  return execFileSync('ffmpeg', all, { input, maxBuffer: 256 * 1024 * 1024, stdio: ['pipe', 'pipe', 'ignore'] });
}

/** Where there is some after so many that were none. */
function beginnings(values: readonly boolean[], pause: number): number[] {
  let none = pause;
  return values.flatMap((some, index) => {
    const begins = some && none >= pause;
    none = some ? 0 : none + 1;
    return begins ? [index] : [];
  });
}

/** What FFmpeg complains about when it decodes what follows each init segment, beginning anew with each. */
export function decodingErrors(segments: readonly ReadSegment[]): string[] {
  return periodsOf(segments).flatMap((period) => {
    const input = Buffer.concat([period[0]?.init ?? Buffer.alloc(0), ...period.map(({ bytes }) => bytes)]);
    const { stderr } = spawnSync(
      'ffmpeg',
      ['-nostdin', '-v', 'error', '-i', '-', '-fps_mode', 'vfr', '-f', 'null', '-'],
      { input },
    );
    return stderr.length === 0 ? [] : [`${period[0]?.uri}: ${stderr}`];
  });
}

function periodsOf(segments: readonly ReadSegment[]): ReadSegment[][] {
  const periods: ReadSegment[][] = [];
  for (const segment of segments) {
    if (segment.discontinuity || periods.length === 0) periods.push([]);
    periods.at(-1)?.push(segment);
  }
  return periods;
}

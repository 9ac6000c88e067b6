import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { probePackets } from './check-recording.ts';
import { CLOCK_FRAMES_A_SECOND, type ClockReading, READING_SIZE, readClockPicture } from './clock-picture.ts';
import { type RecordedPeriod, readRecordedPlaylists } from './recording-folder.ts';

const MAXIMUM_OUTPUT = 1024 * 1024 * 1024;
const READING_RATE_HZ = 8_000;
/** Half of what a beep is played with. */
const BEEP_LEVEL = 0.2;
/** As long as it has been silent before a beep. */
const SILENCE_SECONDS = 0.3;
/** A flash and its beep are never further apart. */
const PAIR_SECONDS = 0.45;

/** A picture of a recording. */
export interface RecordedPicture {
  /** When a player shows it, from the beginning of the recording. */
  readonly atSeconds: number;
  /** undefined where it is no clock: black, for example. */
  readonly reading: ClockReading | undefined;
}

/** What a recording of a clock shows and sounds. */
export interface RecordedClock {
  readonly pictures: readonly RecordedPicture[];
  /** When flashes begin. */
  readonly flashesSeconds: readonly number[];
  /** When beeps begin. */
  readonly beepsSeconds: readonly number[];
  /** Of each flash that has a beep: how much later it is heard than the flash is seen. */
  readonly beepsAfterFlashesMs: readonly number[];
}

/** Decodes a recording of the clock of `clock-picture.ts`, whole, and reads it. */
export async function readRecordedClock(folder: string): Promise<RecordedClock> {
  const { periods, rendition } = await readRecordedPlaylists(folder);
  const pictures: RecordedPicture[] = [];
  const beepsSeconds: number[] = [];
  for (const period of periods) {
    const file = await periodFile(path.join(folder, rendition), period);
    const packets = probePackets(file);
    const beginning = Math.min(...packets.map(({ startSeconds }) => startSeconds));
    const times = (track: 'video' | 'audio') =>
      packets
        .filter((packet) => packet.track === track)
        .map(({ startSeconds }) => period.startSeconds + startSeconds - beginning);
    pictures.push(...readPictures(file, times('video')));
    beepsSeconds.push(...findBeeps(file, times('audio')[0]));
  }
  const flashesSeconds = findFlashes(pictures);
  return { pictures, flashesSeconds, beepsSeconds, beepsAfterFlashesMs: pair(flashesSeconds, beepsSeconds) };
}

/**
 * The seconds of a clock of which nothing is to be seen, between the first and the last that are: none where nothing
 * was lost.
 */
export function missingSeconds({ pictures }: RecordedClock): number[] {
  const seen = new Set(
    pictures.flatMap(({ reading }) => (reading ? [Math.floor(reading.number / CLOCK_FRAMES_A_SECOND)] : [])),
  );
  const [first, last] = [Math.min(...seen), Math.max(...seen)];
  return Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index).filter(
    (second) => !seen.has(second),
  );
}

/** @param folder of the segments */
export async function periodFile(folder: string, { map, segments }: RecordedPeriod): Promise<Buffer> {
  const names = [map, ...segments.map(({ name }) => name)];
  return Buffer.concat(await Promise.all(names.map((name) => readFile(path.join(folder, name)))));
}

function readPictures(file: Buffer, times: readonly number[]): RecordedPicture[] {
  if (times.length === 0) return [];
  const { width, height } = READING_SIZE;
  // Each picture at a second of its own: the muxer has no finer time than the rate of pictures that FFmpeg takes for true.
  const shrink = `scale=${width}:${height}:flags=area,format=gray,settb=1/1000,setpts=1000*N`;
  const grey = decode(file, ['-map', '0:v', '-vsync', 'passthrough', '-vf', shrink, '-f', 'rawvideo']);
  assert.equal(grey.length, times.length * width * height, 'every picture is decoded');
  return times.map((atSeconds, index) => ({
    atSeconds,
    reading: readClockPicture(grey.subarray(index * width * height, (index + 1) * width * height)),
  }));
}

function findFlashes(pictures: readonly RecordedPicture[]): number[] {
  return pictures
    .filter(({ reading }, index) => reading?.flash && pictures[index - 1]?.reading?.flash === false)
    .map(({ atSeconds }) => atSeconds);
}

/** @param startSeconds of the first sample; undefined where there is no sound */
export function findBeeps(file: Buffer, startSeconds: number | undefined): number[] {
  if (startSeconds === undefined) return [];
  const output = ['-map', '0:a', '-ac', '1', '-ar', String(READING_RATE_HZ), '-f', 'f32le'];
  const bytes = decode(file, output);
  const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const beeps: number[] = [];
  // What sounds at the very beginning may have begun before it.
  let lastLoud = 0;
  for (const [index, sample] of samples.entries()) {
    if (Math.abs(sample) < BEEP_LEVEL) continue;
    if (index - lastLoud > SILENCE_SECONDS * READING_RATE_HZ) beeps.push(startSeconds + index / READING_RATE_HZ);
    lastLoud = index;
  }
  return beeps;
}

/** Of each flash that has a beep: how much later that is, in milliseconds. */
export function pair(flashes: readonly number[], beeps: readonly number[]): number[] {
  return flashes.flatMap((flash) => {
    const nearest = beeps.find((beep) => Math.abs(beep - flash) < PAIR_SECONDS);
    return nearest === undefined ? [] : [Math.round(1_000 * (nearest - flash))];
  });
}

function decode(file: Buffer, output: readonly string[]): Buffer {
  const decoding = ['-nostdin', '-v', 'error', '-i', '-', ...output, '-'];
  const { stdout, stderr } = spawnSync('ffmpeg', decoding, { input: file, maxBuffer: MAXIMUM_OUTPUT });
  assert.equal(stderr.toString(), '');
  return stdout;
}

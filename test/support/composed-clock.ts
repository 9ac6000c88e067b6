import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { CLOCK_FRAMES_A_SECOND, type ClockReading, READING_SIZE, readClockPicture } from './clock-picture.ts';

const MAXIMUM_OUTPUT = 1024 * 1024 * 1024;
/** Darker pixels are of the background, brighter ones of the clock. */
const BACKGROUND_BRIGHTNESS = 100;
const NEUTRAL = 128;
/** What is less coloured is grey. */
const LEAST_CHROMA = 8;

/** As dark as black for whoever reads the clock. */
export const CLOCK_COLOURS = { red: '0x600000', green: '0x006000', blue: '0x000090' } as const;
export type ClockColour = keyof typeof CLOCK_COLOURS;

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is to be seen in one place of a composed picture. */
export interface TileReading {
  readonly colour: ClockColour | 'grey';
  /** Undefined where there is no clock, or one that is cut. */
  readonly clock: ClockReading | undefined;
}

/** Decodes a file, and reads what each of its pictures shows in a place. */
export function readTile(file: Buffer, { x, y, width, height }: Place): TileReading[] {
  const { width: columns, height: rows } = READING_SIZE;
  const cut = `crop=${width}:${height}:${x}:${y},scale=${columns}:${rows}:flags=area,format=yuv444p`;
  // Each picture at a second of its own: the muxer has no finer time than the rate that FFmpeg takes for true.
  const filter = `${cut},settb=1/1000,setpts=1000*N`;
  const output = ['-map', '0:v', '-vsync', 'passthrough', '-vf', filter, '-f', 'rawvideo', '-'];
  const { stdout, stderr } = spawnSync('ffmpeg', ['-nostdin', '-v', 'error', '-i', '-', ...output], {
    input: file,
    maxBuffer: MAXIMUM_OUTPUT,
  });
  assert.equal(stderr.toString(), '');
  const plane = columns * rows;
  return Array.from({ length: stdout.length / (3 * plane) }, (_, index) => {
    const [grey, blueness, redness] = [0, 1, 2].map((part) =>
      stdout.subarray((3 * index + part) * plane, (3 * index + part + 1) * plane),
    ) as [Buffer, Buffer, Buffer];
    return { colour: colourOf(grey, blueness, redness), clock: readClockPicture(grey) };
  });
}

/** How much of the clock's time passes from one reading to a later one, in milliseconds. */
export function clockStepMs(earlier: ClockReading, later: ClockReading): number {
  return ((later.number - earlier.number) * 1_000) / CLOCK_FRAMES_A_SECOND;
}

function colourOf(grey: Buffer, blueness: Buffer, redness: Buffer): TileReading['colour'] {
  let [pixels, blueSum, redSum] = [0, 0, 0];
  for (let index = 0; index < grey.length; index += 1) {
    if ((grey[index] ?? 0) >= BACKGROUND_BRIGHTNESS) continue;
    pixels += 1;
    blueSum += (blueness[index] ?? NEUTRAL) - NEUTRAL;
    redSum += (redness[index] ?? NEUTRAL) - NEUTRAL;
  }
  const [blue, red] = [blueSum / pixels, redSum / pixels];
  if (red > LEAST_CHROMA && red > blue) return 'red';
  if (blue > LEAST_CHROMA) return 'blue';
  return red < -LEAST_CHROMA && blue < -LEAST_CHROMA ? 'green' : 'grey';
}

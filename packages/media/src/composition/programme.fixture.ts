import { execFileSync } from 'node:child_process';

/** What somebody got of a composition, decoded. */
export interface Programme {
  readonly width: number;
  readonly height: number;
  /** RGB, 24 bits, one picture after the other. */
  readonly rgb: Buffer;
  /** When each of them is shown. */
  readonly picturesMs: readonly number[];
  /** Of 48 kHz, both channels mixed. */
  readonly samples: Int16Array;
  readonly soundBeginsMs: number;
}

export interface EncodedProgramme {
  readonly width: number;
  readonly height: number;
  /** With the parameter sets before key frames. */
  readonly pictures: readonly { readonly timeMs: number; readonly units: readonly Buffer[] }[];
  /** AAC without ADTS. */
  readonly sound: readonly { readonly timeMs: number; readonly data: Buffer }[];
}

export type Color = readonly [red: number, green: number, blue: number];

const START_CODE = Buffer.of(0, 0, 0, 1);
const TOLERATED_COLOR = 40;

export function decodeProgramme({ width, height, pictures, sound }: EncodedProgramme): Programme {
  const stream = Buffer.concat(pictures.flatMap(({ units }) => units.flatMap((unit) => [START_CODE, unit])));
  const rgb = decode('h264', stream, ['-fps_mode', 'passthrough', '-pix_fmt', 'rgb24', '-f', 'rawvideo']);
  const frames = rgb.length / (3 * width * height);
  if (frames !== pictures.length) throw new Error(`${frames} of ${pictures.length} pictures can be decoded`);
  const pcm = decode('aac', Buffer.concat(sound.map(({ data }) => adts(data))), ['-ac', '1', '-f', 's16le']);
  return {
    width,
    height,
    rgb,
    picturesMs: pictures.map(({ timeMs }) => timeMs),
    samples: new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2),
    soundBeginsMs: sound[0]?.timeMs ?? Number.NaN,
  };
}

export function colorAt({ width, height, rgb }: Programme, picture: number, x: number, y: number): Color {
  const at = 3 * (width * (height * picture + y) + x);
  return [rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0];
}

export function alike(one: Color, other: Color): boolean {
  return one.every((value, index) => Math.abs(value - (other[index] ?? 0)) <= TOLERATED_COLOR);
}

/** When that place begins to be white. */
export function flashesAt(programme: Programme, x: number, y: number): number[] {
  const white = programme.picturesMs.map((_, picture) => alike(colorAt(programme, picture, x, y), [255, 255, 255]));
  return programme.picturesMs.filter((_, picture) => white[picture] && picture > 0 && !white[picture - 1]);
}

/** When beeps begin. */
export function beepsIn({ samples, soundBeginsMs }: Programme): number[] {
  const beeps: number[] = [];
  let loudUntil = 0;
  for (const [index, sample] of samples.entries()) {
    if (Math.abs(sample) < 3_000) continue;
    if (index > loudUntil) beeps.push(soundBeginsMs + index / 48);
    loudUntil = index + 2_400;
  }
  return beeps;
}

function decode(format: string, input: Buffer, output: readonly string[]): Buffer {
  return execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-f', format, '-i', '-', ...output, '-'], {
    input,
    maxBuffer: 2 ** 30,
  });
}

/** ISO/IEC 13818-7 §6.2: a frame of AAC-LC, 48 kHz stereo, so that it can stand in a file. */
function adts(data: Buffer): Buffer {
  const length = data.length + 7;
  return Buffer.concat([
    Buffer.of(0xff, 0xf1, 0x4c, 0x80 | (length >> 11), (length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc),
    data,
  ]);
}

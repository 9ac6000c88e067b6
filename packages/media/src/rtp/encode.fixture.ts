import { execFileSync } from 'node:child_process';
import type { AccessUnit } from './access-unit.ts';
import { NAL_UNIT_TYPE, nalUnitType, splitByteStream } from './nal-unit.ts';

/** What stands between FFmpeg's test picture and its output. */
export interface Encoding {
  /** @default '320x180' */
  readonly size?: string;
  /** @default 12 */
  readonly frames?: number;
  /** @default 'yuv420p' */
  readonly pixelFormat?: string;
  /** Further arguments of FFmpeg for the encoder. */
  readonly arguments?: readonly string[];
  /** x264's own parameters, with `:` between them. */
  readonly x264?: string;
}

const maximumBytes = 32 * 1024 * 1024;

/** An H.264 byte stream by x264, with a delimiter before each access unit. */
export function encodeH264(encoding: Encoding = {}): Buffer {
  const x264 = ['threads=1', 'aud=1', ...(encoding.x264 ? [encoding.x264] : [])].join(':');
  return encode(encoding, ['-c:v', 'libx264', '-preset', 'ultrafast', '-x264-params', x264], 'h264');
}

/** VP8 in IVF. */
export function encodeVp8(encoding: Encoding = {}): Buffer {
  return encode(encoding, ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'], 'ivf');
}

/** The arguments by which FFmpeg makes a test picture. */
export function testPicture({ size = '320x180', frames = 12, pixelFormat = 'yuv420p' }: Encoding): string[] {
  const source = `testsrc2=size=${size}:rate=30`;
  return ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', source, '-frames:v', String(frames), '-pix_fmt', pixelFormat];
}

function encode(encoding: Encoding, encoder: readonly string[], format: string): Buffer {
  const all = [...testPicture(encoding), ...encoder, ...(encoding.arguments ?? []), '-f', format, '-'];
  return execFileSync('ffmpeg', all, { maxBuffer: maximumBytes });
}

export interface Probed {
  readonly profile: string;
  readonly level: number;
  readonly width: number;
  readonly height: number;
  readonly pix_fmt: string;
  readonly field_order: string;
  readonly has_b_frames: number;
  /** Of the frames in the order in which they are shown, a letter each. */
  readonly types: string;
}

/** What FFmpeg says of a stream. */
export function probe(stream: Buffer): Probed {
  const entries = 'stream=profile,level,width,height,pix_fmt,field_order,has_b_frames:frame=pict_type';
  const output = execFileSync('ffprobe', ['-v', 'error', '-show_entries', entries, '-of', 'json', '-i', '-'], {
    input: stream,
    encoding: 'utf8',
  });
  const { streams, frames } = JSON.parse(output) as {
    streams: [Omit<Probed, 'types'>];
    frames: { pict_type: string }[];
  };
  return { ...streams[0], types: frames.map(({ pict_type }) => pict_type).join('') };
}

/** The access units of a byte stream that has delimiters, as if they had come by RTP without loss. */
export function accessUnits(stream: Buffer): AccessUnit[] {
  const units: Buffer[][] = [];
  for (const nalUnit of splitByteStream(stream)) {
    if (nalUnitType(nalUnit) === NAL_UNIT_TYPE.accessUnitDelimiter) units.push([]);
    units.at(-1)?.push(nalUnit);
  }
  return units.map((each, index) => ({
    rtpTime: 3_000 * index,
    firstArrivalMs: 33 * index,
    lastArrivalMs: 33 * index,
    keyFrame: each.some((nalUnit) => nalUnitType(nalUnit) === NAL_UNIT_TYPE.idrSlice),
    complete: true,
    afterLoss: false,
    units: each,
  }));
}

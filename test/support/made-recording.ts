import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Pcm } from '../../packages/media/src/codec/pcm.ts';
import { aacCodecString, avcCodecString } from '../../packages/media/src/hls/codec-string.ts';
import { type PlaylistEntry, writeMediaPlaylist } from '../../packages/media/src/hls/media-playlist.ts';
import { writeMultivariantPlaylist } from '../../packages/media/src/hls/multivariant-playlist.ts';
import { CUT_AT_SECONDS, makeSegments } from '../../packages/media/src/hls/recording.fixture.ts';
import { clockInput } from './clock-picture.ts';
import { RECORDED } from './recording-folder.ts';

const MAXIMUM_OUTPUT = 256 * 1024 * 1024;

/** A piece of a recording that has its own init segment. */
export interface MadePeriod {
  readonly seconds: number;
  /** Sides are multiples of 16. Default: 320 x 192 */
  readonly width?: number;
  readonly height?: number;
  /** How much later its sound is than its picture. Default: 0 */
  readonly soundLateMs?: number;
}

/** Writes a recording of the clock of `clock-picture.ts` that has ended, in segments of a second. */
export async function makeRecordingFolder(folder: string, periods: readonly MadePeriod[]): Promise<void> {
  const rendition = path.join(folder, RECORDED.rendition);
  await mkdir(rendition, { recursive: true });
  const entries: PlaylistEntry[] = [];
  const codecs: string[] = [];
  for (const [index, period] of periods.entries()) {
    const made = makeSegments({ video: clockVideo(period), sound: clockSound(period) });
    const map = `init-${index}.mp4`;
    await writeFile(path.join(rendition, map), made.init);
    for (const [position, segment] of made.segments.entries()) {
      const uri = `${entries.length}.mp4`;
      await writeFile(path.join(rendition, uri), segment);
      entries.push({ uri, durationSeconds: 1, discontinuity: index > 0 && position === 0, map });
    }
    codecs.push(avcCodecString(made.sps), aacCodecString(made.audioSpecificConfig));
  }
  await writeFile(
    path.join(folder, RECORDED.playlist),
    writeMediaPlaylist({ type: 'VOD', targetDurationSeconds: 1, entries }),
  );
  const { width = 320, height = 192 } = periods[0] ?? {};
  const resolution = { width, height };
  await writeFile(
    path.join(folder, RECORDED.multivariant),
    writeMultivariantPlaylist({
      uri: 'high/playlist.m3u8',
      bandwidthBps: 1_000_000,
      codecs: codecs.slice(0, 2),
      resolution,
      frameRate: 30,
      hasIndependentSegments: true,
    }),
  );
}

function clockVideo({ seconds, ...size }: MadePeriod): Buffer {
  const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-x264-params', 'aud=1', ...CUT_AT_SECONDS];
  return ffmpeg([...clockInput(size), '-t', String(seconds), '-map', '0:v', ...encoder, '-f', 'h264']);
}

function clockSound({ seconds, soundLateMs = 0 }: MadePeriod): Pcm {
  const late = ['-af', `adelay=${soundLateMs}:all=1`];
  const bytes = ffmpeg([...clockInput(), '-t', String(seconds), '-map', '1:a', ...late, '-ac', '1', '-f', 'f32le']);
  const plane = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return { planes: [plane, plane], frames: plane.length };
}

function ffmpeg(work: readonly string[]): Buffer {
  return execFileSync('ffmpeg', ['-nostdin', '-v', 'error', ...work, '-'], { maxBuffer: MAXIMUM_OUTPUT });
}

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readSamples } from '../../packages/media/src/recording/read-recording.fixture.ts';
import { type RecordedPeriod, type RecordedPlaylists, readRecordedPlaylists } from './recording-folder.ts';

const MAXIMUM_OUTPUT = 64 * 1024 * 1024;
/** How far audio may reach over the end of its segment, or stay behind it: AAC frames last 21 ms. */
const AUDIO_TOLERANCE_SECONDS = 0.05;

export interface ProbedPacket {
  readonly track: 'video' | 'audio';
  readonly startSeconds: number;
  readonly keyFrame: boolean;
}

export interface CheckedRecording extends RecordedPlaylists {
  /** Of each init segment that is in use, in order: `1280x720`, or `audio`. */
  readonly pictures: readonly string[];
}

/**
 * Checks a whole recording: its playlists by two parsers, that each file they name is there and no other, each segment
 * by FFmpeg on its own (no fault), all of a period by ffprobe (each begins with a key frame, is as long as its playlist
 * says, and begins where the one before it ended), thumbnails.
 *
 * @param folder what a recording's prefix is in a store: `media` is in it
 * @param rendition name of its one rendition
 */
export async function checkRecording(folder: string, rendition?: string): Promise<CheckedRecording> {
  const recorded = await readRecordedPlaylists(folder, rendition);
  assert.equal(recorded.ended, recorded.type === 'VOD', 'an end and the type VOD belong together');
  await checkFiles(folder, recorded);
  const pictures = [];
  for (const period of recorded.periods)
    pictures.push(await checkPeriod(path.join(folder, recorded.rendition), period));
  checkVariant(recorded, pictures);
  await checkThumbnails(path.join(folder, 'media'));
  return { ...recorded, pictures };
}

async function checkFiles(folder: string, { rendition, segments }: RecordedPlaylists): Promise<void> {
  const present = await readdir(path.join(folder, rendition));
  const named = ['playlist.m3u8', ...segments.map(({ name }) => name), ...new Set(segments.map(({ map }) => map))];
  assert.deepEqual(present.sort(), named.sort(), 'all files that the playlist names, and no others');
  const numbers = segments.map(({ name }) => name);
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => `${index}.mp4`),
    'segments are numbered from 0 on',
  );
}

/** @param folder of the segments. @returns the size of its pictures */
async function checkPeriod(folder: string, { map, segments }: RecordedPeriod): Promise<string> {
  const read = (name: string) => readFile(path.join(folder, name));
  const init = await read(map);
  const files = await Promise.all(segments.map(({ name }) => read(name)));
  assertEachDecodes(folder, map, segments);
  const packets = probePackets(Buffer.concat([init, ...files]));
  const probed = {
    video: packets.filter(({ track }) => track === 'video'),
    audio: packets.filter(({ track }) => track === 'audio'),
  };
  const ends: Partial<Record<ProbedPacket['track'], number>> = {};
  for (const [segmentIndex, { name, durationSeconds }] of segments.entries()) {
    const written = readSamples(files[segmentIndex] ?? Buffer.alloc(0));
    const lengths = (['video', 'audio'] as const).flatMap((track) => {
      const run = probed[track].splice(0, written[track].length);
      const [first] = written[track];
      const last = written[track].at(-1);
      const sentence = `${name} (${track})`;
      assert.equal(run.length, written[track].length, `${sentence}: ffprobe finds every sample`);
      if (!first || !last) return [];
      assert.ok(run[0]?.keyFrame, `${sentence} begins with a key frame`);
      assertNear(first.at, ends[track] ?? first.at, 0.001, `${sentence} begins where the one before it ended`);
      for (const [index, { startSeconds }] of run.entries()) {
        assertNear(startSeconds, written[track][index]?.at ?? 0, 0.001, `${sentence} has a gap`);
      }
      ends[track] = last.at + last.duration;
      return last.at + last.duration - first.at;
    });
    for (const length of lengths) {
      assertNear(length, durationSeconds, AUDIO_TOLERANCE_SECONDS, `${name} is as long as its playlist says`);
    }
  }
  assert.deepEqual(probed, { video: [], audio: [] }, 'ffprobe finds no more samples than were written');
  return pictureOf(init);
}

function assertNear(actual: number, expected: number, tolerance: number, message: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${message}: ${actual} instead of ${expected}`);
}

/** That FFmpeg decodes each segment on its own without a word. One process for all: to start it takes as long as to decode. */
function assertEachDecodes(folder: string, map: string, segments: RecordedPeriod['segments']): void {
  const fileOf = (name: string) => path.join(folder, name);
  const inputs = segments.flatMap(({ name }) => ['-i', `concat:${fileOf(map)}|${fileOf(name)}`]);
  // As many of FFmpeg's pictures as there are, at times of their own.
  const asTheyAre = ['-fps_mode', 'passthrough', '-enc_time_base', '-1'];
  const outputs = segments.flatMap((_, index) => ['-map', String(index), ...asTheyAre, '-f', 'null', '-']);
  const decoding = ['-nostdin', '-v', 'error', '-xerror', ...inputs, ...outputs];
  const { status, stderr } = spawnSync('ffmpeg', decoding, { encoding: 'utf8' });
  const names = segments.map(({ name }) => name);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, `each of ${names} decodes without a fault`);
}

/** Every sample of a file, in order. */
export function probePackets(file: Buffer): ProbedPacket[] {
  const entries = 'packet=codec_type,pts_time,dts_time,flags';
  const probing = ['-v', 'error', '-show_entries', entries, '-of', 'json', '-i', '-'];
  const { stdout } = spawnSync('ffprobe', probing, { input: file, encoding: 'utf8', maxBuffer: MAXIMUM_OUTPUT });
  const { packets } = JSON.parse(stdout) as {
    packets: { codec_type: string; pts_time: string; dts_time: string; flags: string }[];
  };
  return packets.map(({ codec_type, pts_time, dts_time, flags }) => {
    assert.equal(pts_time, dts_time, 'what is decoded first is shown first');
    return {
      track: codec_type === 'video' ? 'video' : 'audio',
      startSeconds: Number(pts_time),
      keyFrame: flags.startsWith('K'),
    };
  });
}

function pictureOf(init: Buffer): string {
  const probing = ['-v', 'error', '-show_entries', 'stream=codec_name,width,height', '-of', 'json', '-i', '-'];
  const { stdout } = spawnSync('ffprobe', probing, { input: init, encoding: 'utf8' });
  const { streams } = JSON.parse(stdout) as { streams: { codec_name: string; width?: number; height?: number }[] };
  const video = streams.find(({ codec_name }) => codec_name === 'h264');
  return video ? `${video.width}x${video.height}` : 'audio';
}

function checkVariant({ variant, ended, segments }: RecordedPlaylists, pictures: readonly string[]): void {
  if (ended) assert.ok(variant, 'what has ended has a multivariant playlist');
  if (variant === undefined || segments.length === 0) return;
  const hasVideo = pictures.some((picture) => picture !== 'audio');
  assert.match(variant.codecs, hasVideo ? /^avc1\.[0-9a-f]{6}/ : /^mp4a\.40\.2$/);
  assert.equal(variant.resolution !== undefined, hasVideo, 'a resolution where there are pictures');
  if (variant.resolution) {
    const { width, height } = variant.resolution;
    assert.ok(pictures.includes(`${width}x${height}`), `${width}x${height} is none of ${pictures}`);
  }
}

const JPEG_START = 0xffd8;
const JPEG_END = 0xffd9;

async function checkThumbnails(media: string): Promise<void> {
  for (const folder of ['thumbnails', 'latest_thumbnail']) {
    const full = path.join(media, folder);
    if (!existsSync(full)) continue;
    const images = (await readdir(full, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    for (const { parentPath, name } of images) {
      const image = await readFile(path.join(parentPath, name));
      assert.match(name, /^(\d+|thumb)\.jpg$/);
      assert.deepEqual([image.readUInt16BE(0), image.readUInt16BE(image.length - 2)], [JPEG_START, JPEG_END], name);
    }
  }
}

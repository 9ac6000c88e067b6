import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import type { Pcm } from '../codec/pcm.ts';
import { encodeH264 } from '../rtp/encode.fixture.ts';
import { CUT_AT_SECONDS, FRAMES_A_SECOND, makeSegments } from './recording.fixture.ts';

const seconds = 3;
const recording = makeSegments({
  video: encodeH264({ frames: seconds * FRAMES_A_SECOND, arguments: CUT_AT_SECONDS }),
  sound: tone(),
});

describe('an init segment and a media segment, to FFmpeg', () => {
  it('are a file that decodes without a fault, each of them', () => {
    for (const segment of recording.segments) {
      const { stderr, stdout } = run('ffmpeg', ['-v', 'warning', '-xerror', '-i', '-', '-f', 'framemd5', '-'], segment);
      assert.equal(stderr, '');
      const pictures = stdout.split('\n').filter((line) => line.startsWith('0,'));
      assert.equal(pictures.length, 30);
    }
  });

  it('tell the streams', () => {
    const entries = 'stream=codec_name,codec_tag_string,profile,width,height,time_base,channels,sample_rate';
    const { streams } = probe(Buffer.concat([recording.init, ...recording.segments]), entries);
    assert.deepEqual(streams, [
      {
        codec_name: 'h264',
        codec_tag_string: 'avc1',
        profile: 'Constrained Baseline',
        width: 320,
        height: 180,
        time_base: '1/90000',
      },
      {
        codec_name: 'aac',
        codec_tag_string: 'mp4a',
        profile: 'LC',
        channels: 2,
        sample_rate: '48000',
        time_base: '1/48000',
      },
    ]);
  });

  it('give every sample at its time, over all segments', () => {
    const entries = 'packet=stream_index,pts,dts,size,flags';
    const { packets } = probe(Buffer.concat([recording.init, ...recording.segments]), entries) as {
      packets: { stream_index: number; pts: number; dts: number; size: string; flags: string }[];
    };
    const read = (stream: number) =>
      packets
        .filter((packet) => packet.stream_index === stream)
        .map(({ pts, dts, size, flags }) => [pts, dts, Number(size), flags.startsWith('K')]);
    assert.deepEqual(
      read(0),
      recording.video.map(({ data, keyFrame }, index) => [3_000 * index, 3_000 * index, data.length, keyFrame]),
    );
    const kept = Math.ceil((seconds * 48_000) / 1_024);
    assert.deepEqual(
      read(1),
      recording.audio.slice(0, kept).map(({ data }, index) => [1_024 * index, 1_024 * index, data.length, true]),
    );
  });
});

function tone(): Pcm {
  const frames = seconds * 48_000;
  const wave = Float32Array.from(
    { length: frames },
    (_, index) => 0.5 * Math.sin((2 * Math.PI * 440 * index) / 48_000),
  );
  return { planes: [wave, wave], frames };
}

function probe(file: Buffer, entries: string): Record<string, unknown> {
  const { stdout } = run('ffprobe', ['-v', 'error', '-show_entries', entries, '-of', 'json', '-i', '-'], file);
  const { programs: _, ...probed } = JSON.parse(stdout);
  return probed;
}

function run(program: string, args: readonly string[], segment: Buffer): { stdout: string; stderr: string } {
  const input = segment.subarray(4, 8).toString() === 'styp' ? Buffer.concat([recording.init, segment]) : segment;
  const { stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { stdout, stderr };
}

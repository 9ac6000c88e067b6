import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type ProgrammePicture, SENT_AUDIO, sentVideo, testPicture, VOICE } from '../recording/programme.ts';

export interface GraphTile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface GraphPicture {
  readonly width: number;
  readonly height: number;
  readonly bitrateBps: number;
}

/** What one participant sends, in a file. */
export function makeProgrammeFile(folder: string, seconds: number, picture: ProgrammePicture): string {
  const file = join(folder, `${picture.width}x${picture.height}.mkv`);
  execFileSync('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', testPicture(picture)],
    ...['-f', 'lavfi', '-i', `aevalsrc='${VOICE}':s=48000`, '-t', String(seconds)],
    ...[...sentVideo(picture), ...SENT_AUDIO, file],
  ]);
  return file;
}

/**
 * FFmpeg with a graph for just these participants, who neither come nor go: xstack, amix and x264. It reads files, as it would
 * be given neither loss nor jitter: less work than ours.
 */
export class StaticGraph {
  readonly #ffmpeg: ChildProcess;

  private constructor(ffmpeg: ChildProcess) {
    this.#ffmpeg = ffmpeg;
  }

  static start(file: string, tiles: readonly GraphTile[], { width, height, bitrateBps }: GraphPicture): StaticGraph {
    const inputs = tiles.flatMap(() => ['-stream_loop', '-1', '-re', '-i', file]);
    const scaled = tiles.map(
      (tile, index) => `[${index}:v]scale=${tile.width}:${tile.height}:flags=bilinear,setsar=1[v${index}]`,
    );
    // The whole picture lies below, so that it has its size.
    const layout = ['0_0', ...tiles.map(({ x, y }) => `${x}_${y}`)].join('|');
    const places = tiles.map((_, index) => `[v${index}]`).join('');
    const graph = [
      `color=black:size=${width}x${height}:rate=30[below]`,
      ...scaled,
      `[below]${places}xstack=inputs=${tiles.length + 1}:layout=${layout}[video]`,
      `${tiles.map((_, index) => `[${index}:a]`).join('')}amix=inputs=${tiles.length}:normalize=0[audio]`,
    ].join(';');
    const rate = ['-b:v', String(bitrateBps), '-maxrate', String(bitrateBps), '-bufsize', String(bitrateBps)];
    const x264 = [
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-tune',
      'zerolatency',
      '-threads',
      '1',
      '-g',
      '60',
      ...rate,
    ];
    const ffmpeg = spawn(
      'ffmpeg',
      [
        ...['-nostdin', '-v', 'error', ...inputs, '-filter_complex', graph, '-map', '[video]', '-map', '[audio]'],
        ...['-r', '30', ...x264, '-c:a', 'aac', '-b:a', '128k', '-f', 'flv', '-y', '/dev/null'],
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    return new StaticGraph(ffmpeg);
  }

  get pid(): number {
    return this.#ffmpeg.pid ?? 0;
  }

  async close(): Promise<void> {
    if (this.#ffmpeg.exitCode !== null) throw new Error('FFmpeg has ended by itself');
    const ended = once(this.#ffmpeg, 'exit');
    this.#ffmpeg.kill('SIGKILL');
    await ended;
  }
}

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface ClipOptions {
  /** Default `320x180`. */
  size?: string;
  framesPerSecond?: number;
  /** For the encoder of the video. Default: Constrained Baseline */
  video?: readonly string[] | 'none';
  /** Default: two channels at 48 kHz */
  audio?: { sampleRate: number; channels: number } | 'none';
}

const baseline = ['-profile:v', 'baseline', '-bf', '0'];

/** A file of two seconds with a moving picture, a key frame each second, and a tone of 440 Hz, as encoders send them. */
export function makeClip(folder: string, name: string, options: ClipOptions = {}): string {
  const { size = '320x180', framesPerSecond = 30 } = options;
  const { video = baseline, audio = { sampleRate: 48_000, channels: 2 } } = options;
  const file = path.join(folder, `${name}.flv`);
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${framesPerSecond}`];
  const x264 = ['-preset', 'ultrafast', '-tune', 'zerolatency', '-g', String(framesPerSecond), '-pix_fmt', 'yuv420p'];
  const sound = (sampleRate: number) => ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=${sampleRate}`];
  const aac = (channels: number) => ['-c:a', 'aac', '-b:a', '96k', '-ac', String(channels), '-af', 'volume=4'];
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-y'],
    ...(video === 'none' ? [] : picture),
    ...(audio === 'none' ? [] : sound(audio.sampleRate)),
    ...(video === 'none' ? [] : ['-c:v', 'libx264', '-b:v', '800k', ...x264, ...video]),
    ...(audio === 'none' ? [] : aac(audio.channels)),
    ...['-t', '2', file],
  ]);
  return file;
}

/** FFmpeg, which publishes a file over and over again. */
export interface Encoder {
  /** Resolves with what it said when it has ended, whoever ended it. */
  readonly ended: Promise<string>;
  /** Keeps it from sending anything, with its connection open. */
  freeze(): void;
  /** Lets it say goodbye. Resolves when it has ended. */
  stop(): Promise<void>;
  /** Ends it without a word. */
  kill(): Promise<void>;
}

/** Failure guard: no test publishes for so long. */
const guardMs = 120_000;

/** @param server as a stage tells it among its endpoints */
export function startEncoder(file: string, server: string, streamKey: string): Encoder {
  const input = ['-re', '-stream_loop', '-1', '-i', file, '-c', 'copy'];
  const child = spawn('ffmpeg', ['-hide_banner', '-v', 'warning', ...input, '-f', 'flv', `${server}${streamKey}`], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-4_000);
  });
  child.stdin.on('error', () => undefined); // it has ended
  const guard = setTimeout(() => child.kill('SIGKILL'), guardMs);
  const ended = once(child, 'close').then(() => {
    clearTimeout(guard);
    return said;
  });
  return {
    ended,
    freeze: () => void child.kill('SIGSTOP'),
    async stop() {
      child.stdin.write('q');
      await ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

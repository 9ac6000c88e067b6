import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { CLOCK_FRAMES_A_SECOND, clockInput } from './clock-picture.ts';

export const TWIN_TONE_HZ = 440;
/** From one key frame to the next. */
export const TWIN_GROUP_MS = 1_000;

const TAG = { audio: 8, video: 9, script: 18 } as const;
const FLV_HEADER_BYTES = 13;
const TAG_HEADER_BYTES = 11;
const PUMP_MS = 10;
const MAXIMUM_OUTPUT = 256 * 1024 * 1024;

/** One tag of FLV, whole. */
interface FlvTag {
  readonly bytes: Buffer;
  readonly timestampMs: number;
  /** What a decoder needs before anything else. */
  readonly isHeader: boolean;
  readonly isKeyFrame: boolean;
}

/**
 * The clock of `clock-picture.ts` with a tone that never stops, as an encoder sends it.
 *
 * @param settings for the encoder of the picture, which win
 */
export function encodeTwinClip(seconds: number, settings: readonly string[] = []): Buffer {
  const [picture = [], tone] = [clockInput().slice(0, 4), `sine=frequency=${TWIN_TONE_HZ}:sample_rate=48000`];
  const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline'];
  const keyFrames = ['-g', String((TWIN_GROUP_MS / 1_000) * CLOCK_FRAMES_A_SECOND), '-pix_fmt', 'yuv420p'];
  const sound = ['-c:a', 'aac', '-b:a', '96k', '-ac', '2', '-af', 'volume=4'];
  return execFileSync(
    'ffmpeg',
    [
      ...['-nostdin', '-v', 'error', ...picture, '-f', 'lavfi', '-i', tone, '-t', String(seconds)],
      ...[...x264, ...keyFrames, ...settings, ...sound, '-flvflags', 'no_duration_filesize', '-f', 'flv', '-'],
    ],
    { maxBuffer: MAXIMUM_OUTPUT },
  );
}

/** Two programs FFmpeg that publish the same with the same timestamps, each of which can be killed and come again. */
export class TwinEncoders {
  readonly #twins: readonly [Twin, Twin];
  readonly #timer: NodeJS.Timeout;

  /**
   * @param clips what each of them sends
   * @param urls with their stream keys
   */
  constructor(clips: readonly [Buffer, Buffer], urls: readonly [string, string]) {
    this.#twins = [new Twin(clips[0], urls[0]), new Twin(clips[1], urls[1])];
    const startMs = performance.now();
    this.#timer = setInterval(() => {
      const elapsedMs = performance.now() - startMs;
      for (const twin of this.#twins) twin.send(elapsedMs);
    }, PUMP_MS);
  }

  /** Publishes from the next key frame on. */
  start(which: 0 | 1): void {
    this.#twins[which].start();
  }

  /** As when its machine is gone. */
  kill(which: 0 | 1): Promise<void> {
    return this.#twins[which].kill();
  }

  /** As when its line is gone: nothing comes, and nothing ends. */
  freeze(which: 0 | 1): void {
    this.#twins[which].freeze();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#twins.map((twin) => twin.kill()));
  }
}

class Twin {
  readonly #url: string;
  readonly #header: Buffer;
  readonly #tags: readonly FlvTag[];
  #sent = 0;
  #child: ChildProcess | undefined;
  #isWaiting = true;
  #isFrozen = false;

  constructor(clip: Buffer, url: string) {
    this.#url = url;
    this.#header = clip.subarray(0, FLV_HEADER_BYTES);
    this.#tags = readTags(clip.subarray(FLV_HEADER_BYTES));
  }

  start(): void {
    const input = ['-probesize', '65536', '-analyzeduration', '0', '-copyts', '-f', 'flv', '-i', 'pipe:0'];
    const output = ['-c', 'copy', '-flvflags', 'no_duration_filesize', '-f', 'flv', this.#url];
    const child = spawn('ffmpeg', ['-v', 'quiet', ...input, ...output], { stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.on('error', () => undefined); // it was killed
    const headers = this.#tags.filter(({ isHeader }) => isHeader).map(({ bytes }) => bytes);
    child.stdin.write(Buffer.concat([this.#header, ...headers]));
    this.#child = child;
    this.#isWaiting = true;
    this.#isFrozen = false;
  }

  /** What is due by now, to a program that is there; of the rest it hears nothing. */
  send(elapsedMs: number): void {
    for (let tag = this.#tags[this.#sent]; tag && tag.timestampMs <= elapsedMs; tag = this.#tags[this.#sent]) {
      this.#sent += 1;
      if (tag.isKeyFrame) this.#isWaiting = false;
      if (!tag.isHeader && !this.#isWaiting && !this.#isFrozen) this.#child?.stdin?.write(tag.bytes);
    }
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  freeze(): void {
    this.#isFrozen = true;
    this.#child?.kill('SIGSTOP');
  }
}

/** FLV 10.1 §E.4.1. */
function readTags(bytes: Buffer): FlvTag[] {
  const tags: FlvTag[] = [];
  for (let at = 0; at + TAG_HEADER_BYTES < bytes.length; ) {
    const type = bytes.readUInt8(at);
    const end = at + TAG_HEADER_BYTES + bytes.readUIntBE(at + 1, 3) + 4;
    const [first = 0, second] = bytes.subarray(at + TAG_HEADER_BYTES);
    tags.push({
      bytes: bytes.subarray(at, end),
      timestampMs: bytes.readUIntBE(at + 4, 3) + 2 ** 24 * bytes.readUInt8(at + 7),
      isHeader: type === TAG.script || second === 0,
      isKeyFrame: type === TAG.video && first >> 4 === 1 && second !== 0,
    });
    at = end;
  }
  return tags;
}

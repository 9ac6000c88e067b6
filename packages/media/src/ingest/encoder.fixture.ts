import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** What FFmpeg makes; undefined leaves a part out. */
export interface Encoding {
  /** A source of FFmpeg's. @default 'testsrc2=size=640x360:rate=30' */
  readonly picture?: string | undefined;
  /** A source of FFmpeg's. @default a tone in 48 kHz */
  readonly sound?: string | undefined;
  /** Further options of the output, which win. */
  readonly options?: readonly string[];
}

const DEFAULTS = { picture: 'testsrc2=size=640x360:rate=30', sound: 'sine=frequency=440:sample_rate=48000' };
const VIDEO = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-g', '15'];
const AUDIO = ['-c:a', 'aac', '-ac', '2'];

/** FFmpeg as an encoder that publishes in real time until it is stopped, or its connection ends. */
export class Encoder {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(url: string, encoding: Encoding = {}) {
    const { picture, sound, options = [] } = { ...DEFAULTS, ...encoding };
    const inputs = [picture, sound].flatMap((source) => (source ? ['-re', '-f', 'lavfi', '-i', source] : []));
    const codecs = [...(picture ? VIDEO : []), ...(sound ? AUDIO : [])];
    const args = ['-nostdin', '-v', 'quiet', ...inputs, ...codecs, ...options, '-f', 'flv', url];
    this.#process = spawn('ffmpeg', args, { stdio: 'ignore' });
    this.#exited = once(this.#process, 'exit');
  }

  /** Resolves with its exit code when it has ended by itself. */
  async ended(): Promise<number | null> {
    await this.#exited;
    return this.#process.exitCode;
  }

  /** As when somebody ends the stream; `SIGKILL` as when the machine is gone. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    this.#process.kill(signal);
    await this.#exited;
  }
}

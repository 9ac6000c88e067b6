import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Where a child program publishes or subscribes, and as whom. */
export interface MediaTarget {
  url: string;
  token: string;
}

export type VideoCodec = 'H264' | 'VP8';

export interface MediaChildOptions {
  /** Without it the program offers what it has. */
  videoCodec?: VideoCodec;
  /** Where the program runs, if not beside the test: `NetworkNamespace.spawn`. */
  spawn?: (program: string, args: string[], options: SpawnOptions) => ChildProcess;
}

/** A child program that publishes or subscribes until its standard input ends. */
export interface MediaChild {
  /**
   * For one that subscribes: resolves when it has decoded so many frames and heard the tone for two seconds.
   *
   * @throws when it ends before
   */
  receive(frames: number): Promise<void>;
  /**
   * For one that subscribes: resolves with the next message of this UUID (SEI) with a picture that it decodes.
   *
   * @throws when it ends before
   */
  receiveMessage(uuid: string): Promise<string>;
  /** Lets it say goodbye (DELETE) and end. @throws when it fails */
  stop(): Promise<void>;
  /** Ends it without a word. */
  kill(): Promise<void>;
}

/** Failure guards. */
const receiveGuardMs = 60_000;
const stopGuardMs = 60_000;

const toneHz = 440;
const toleranceHz = 15;
const toneSeconds = 2;

export function startMediaChild(
  program: string,
  args: string[],
  { url, token }: MediaTarget,
  { videoCodec, spawn: start = spawn }: MediaChildOptions = {},
): MediaChild {
  const child = start(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: '1',
      MEDIA_URL: url,
      MEDIA_TOKEN: token,
      ...(videoCodec === undefined ? {} : { VIDEO_CODEC: videoCodec }),
    },
  });
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error('A media program has no pipes');
  const lastWords = keepLastWords(stderr);
  const ended = once(child, 'exit');
  return {
    async receive(frames) {
      const guard = setTimeout(() => child.kill('SIGKILL'), receiveGuardMs);
      const received = await readUntilReceived(stdout, frames).finally(() => clearTimeout(guard));
      if (!received.enough) throw new Error(`It ended with ${JSON.stringify(received)}: ${lastWords()}`);
    },
    async receiveMessage(uuid) {
      const guard = setTimeout(() => child.kill('SIGKILL'), receiveGuardMs);
      const message = await readUntilMessage(stdout, uuid).finally(() => clearTimeout(guard));
      if (message === undefined) throw new Error(`It ended without a message: ${lastWords()}`);
      return message;
    },
    async stop() {
      const guard = setTimeout(() => child.kill('SIGKILL'), stopGuardMs);
      stdout.resume();
      stdin.end();
      const [code, signal] = await ended.finally(() => clearTimeout(guard));
      if (code !== 0) throw new Error(`A media program ended with ${signal ?? code}: ${lastWords()}`);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Reads what the program tells (`peer.py`), and lets what comes later pass. */
async function readUntilReceived(output: NodeJS.ReadableStream, wantedFrames: number) {
  const received = { frames: 0, hz: [] as number[], enough: false };
  for await (const line of createInterface(output)) {
    const { frames, hz } = JSON.parse(line) as { frames?: number; hz?: number };
    if (frames !== undefined) received.frames = frames;
    if (hz !== undefined) received.hz.push(hz);
    const last = received.hz.slice(-toneSeconds);
    const heard = last.length === toneSeconds && last.every((value) => Math.abs(value - toneHz) <= toleranceHz);
    if (received.frames >= wantedFrames && heard) {
      received.enough = true;
      break;
    }
  }
  output.resume();
  return received;
}

async function readUntilMessage(output: NodeJS.ReadableStream, uuid: string): Promise<string | undefined> {
  const prefix = uuid.replaceAll('-', '');
  for await (const line of createInterface(output)) {
    const { message = '' } = JSON.parse(line) as { message?: string };
    if (message.startsWith(prefix)) {
      output.resume();
      return Buffer.from(message.slice(prefix.length), 'hex').toString();
    }
  }
  return undefined;
}

/** The end of what the child wrote to its error output. */
function keepLastWords(stderr: NodeJS.ReadableStream): () => string {
  let text = '';
  stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4000);
  });
  return () => text;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pythonModuleMissing, systemPython } from './python.ts';

/** A publisher that is no browser: a child program that sends a moving picture and a 440 Hz tone by WHIP. */
export interface WhipPublisher {
  /** Lets the publisher say goodbye (DELETE) and end. @throws when it fails */
  stop(): Promise<void>;
  /** Ends it without a word. */
  kill(): Promise<void>;
}

export interface WhipTarget {
  url: string;
  token: string;
}

/** How long a publisher may take to say goodbye. */
const stopGuardMs = 20_000;

/** FFmpeg's WHIP muxer: H.264 Constrained Baseline with a key frame each second, Opus. */
export function publishByFfmpeg(target: WhipTarget): WhipPublisher {
  return publisher(process.execPath, [fileURLToPath(new URL('whip-ffmpeg.ts', import.meta.url))], target);
}

/** A reason to skip, or false. */
export function aiortcMissing(): string | false {
  return pythonModuleMissing('aiortc', 'python3-aiortc');
}

/** aiortc: offers VP8 first, and H.264. */
export function publishByAiortc(target: WhipTarget): WhipPublisher {
  return publisher(systemPython, [fileURLToPath(new URL('whip-aiortc.py', import.meta.url))], target);
}

function publisher(program: string, args: string[], { url, token }: WhipTarget): WhipPublisher {
  const child = spawn(program, args, {
    stdio: ['pipe', 'inherit', 'pipe'],
    env: { ...process.env, WHIP_URL: url, WHIP_TOKEN: token },
  });
  const lastWords = keepLastWords(child);
  const ended = once(child, 'exit');
  return {
    async stop() {
      const guard = setTimeout(() => child.kill('SIGKILL'), stopGuardMs);
      child.stdin?.end();
      const [code, signal] = await ended.finally(() => clearTimeout(guard));
      if (code !== 0) throw new Error(`The publisher ended with ${signal ?? code}: ${lastWords()}`);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The end of what the child wrote to its error output. */
function keepLastWords(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4000);
  });
  return () => text;
}

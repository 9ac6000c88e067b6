import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** Failure guard: no test listens for so long. */
const GUARD_MS = 180_000;

/** FFmpeg as a server that takes one stream by RTMP and writes it down as it comes. */
export interface RtmpListener {
  /** What was written so far, of MPEG-TS, which can be read without its end. */
  read(): Promise<Buffer>;
  /** Resolves when it ends, by itself because the stream did, or because it was killed. */
  readonly ended: Promise<void>;
  kill(): Promise<void>;
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A server has no port');
  return address.port;
}

/** @param file where it is written */
export function listenByFfmpeg(port: number, file: string): RtmpListener {
  const input = ['-listen', '1', '-i', `rtmp://127.0.0.1:${port}/live/key`];
  const output = ['-c', 'copy', '-flush_packets', '1', '-f', 'mpegts', '-y', file];
  const child = spawn('ffmpeg', ['-nostdin', '-v', 'error', ...input, ...output], { stdio: 'ignore' });
  const guard = setTimeout(() => child.kill('SIGKILL'), GUARD_MS);
  const ended = once(child, 'close').then(() => clearTimeout(guard));
  return {
    async read() {
      return readFile(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return Buffer.alloc(0); // nothing has come yet
      });
    },
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Chromium } from './chromium.ts';
import { RECORDED } from './recording-folder.ts';

const player = fileURLToPath(new URL('../page/hls-player.js', import.meta.url));
const library = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');

const page = `<!doctype html>
<title>Recording</title>
<video></video>
<script src="/hls.js"></script>
<script src="/player.js"></script>`;

/** Of a player that stood still: `stalls` and `starvations` tell of it, and why. */
const STANDING_STILL = /\bbuffer(?:StalledError|NudgeOnStall)\b(?! fatal)/;

/** What became of a recording in hls.js. */
export interface Playback {
  /** What hls.js and the video element complained of, but for standing still. */
  readonly errors: readonly string[];
  /** How often it stood still between the beginning and the end for want of what comes next. */
  readonly stalls: number;
  /** How often it stood still although that was there, as on a busy machine. */
  readonly starvations: number;
  readonly durationSeconds: number;
  readonly playedSeconds: number;
  /** Of one piece where nothing is missing. */
  readonly buffered: readonly (readonly [startSeconds: number, endSeconds: number])[];
  readonly pictures: number;
  /** Of these, those that the browser decoded too late to show: a busy machine has some. */
  readonly droppedPictures: number;
  /** In the order in which they came. */
  readonly sizes: readonly string[];
}

/**
 * Plays a whole recording in hls.js.
 *
 * @param options.url of the recording's folder on another server, which must allow it by CORS. Default: served from here
 */
export async function playRecording(
  chromium: Chromium,
  folder: string,
  { playbackRate = 1, url }: { playbackRate?: number; url?: string } = {},
): Promise<Playback> {
  const server = await servePlayer(folder);
  const opened = await chromium.openAddress(server.url);
  try {
    const source = new URL(RECORDED.multivariant, url ?? `${server.url}recording/`).href;
    const call = `playRecording(${JSON.stringify(source)}, ${JSON.stringify({ playbackRate })})`;
    await opened.waitForFunction("typeof playRecording === 'function'");
    const playback = await opened.evaluate<Playback>(call);
    return { ...playback, errors: playback.errors.filter((error) => !STANDING_STILL.test(error)) };
  } finally {
    await opened.context().close();
    await server.close();
  }
}

async function servePlayer(folder: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname === '/') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(page);
      return;
    }
    const scripts: Record<string, string> = { '/hls.js': library, '/player.js': player };
    const file = scripts[pathname] ?? path.join(folder, pathname.replace(/^\/recording\//, ''));
    const contentType = pathname in scripts ? 'text/javascript' : 'application/octet-stream';
    const content = createReadStream(file);
    content.once('open', () => response.writeHead(200, { 'content-type': contentType }));
    content.once('error', () => response.writeHead(404).end());
    content.pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

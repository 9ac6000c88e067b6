/**
 * Watches a channel as players do: each viewer has the multivariant playlist, reads the other one every two seconds, and all
 * segments that are new in it. A process of its own.
 */
import { Agent, get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

export interface ViewersOrder {
  /** Of the multivariant playlist. */
  readonly url: string;
  readonly viewers: number;
  readonly durationMs: number;
}

export interface ViewersResult {
  readonly requests: number;
  readonly bytes: number;
  readonly failures: number;
  /** Segments that nobody could have in time to go on playing: they came when what was there before had been played. */
  readonly late: number;
  /** Of every answer, in no order. */
  readonly latenciesMs: readonly number[];
}

const RELOAD_MS = 2_000;
/** Players begin so many segments behind the newest. */
const BEHIND = 3;

const tally = { requests: 0, bytes: 0, failures: 0, late: 0, latenciesMs: [] as number[] };

function read(agent: Agent, url: URL): Promise<string> {
  const begin = performance.now();
  tally.requests += 1;
  return new Promise((resolve) => {
    const fail = () => {
      tally.failures += 1;
      resolve('');
    };
    get(url, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        if (response.statusCode !== 200) return fail();
        const body = Buffer.concat(chunks);
        tally.bytes += body.length;
        tally.latenciesMs.push(performance.now() - begin);
        resolve(body.toString('latin1'));
      });
    }).on('error', fail);
  });
}

async function watch(url: string, endMs: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const address = new URL(url);
  const [variant = ''] = segmentsOf(await read(agent, address));
  const playlist = new URL(variant, address);
  const had = new Set<string>();
  let playedUntilMs: number | undefined;
  while (performance.now() < endMs) {
    const turnMs = performance.now();
    const text = await read(agent, playlist);
    const segments = segmentsOf(text);
    const durations = [...text.matchAll(/#EXTINF:([\d.]+)/g)].map(([, seconds]) => 1_000 * Number(seconds));
    const first = had.size === 0 ? Math.max(0, segments.length - BEHIND) : 0;
    for (const [index, segment] of segments.entries()) {
      if (index < first || had.has(segment)) continue;
      had.add(segment);
      await read(agent, new URL(segment, playlist));
      const nowMs = performance.now();
      if (playedUntilMs !== undefined && nowMs > playedUntilMs) tally.late += 1;
      playedUntilMs = Math.max(playedUntilMs ?? nowMs, nowMs) + (durations[index] ?? 0);
    }
    await wait(Math.max(0, RELOAD_MS - (performance.now() - turnMs)));
  }
  agent.destroy();
}

function segmentsOf(playlist: string): string[] {
  return playlist.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

process.on('message', async ({ url, viewers, durationMs }: ViewersOrder) => {
  const endMs = performance.now() + durationMs;
  // They come one after the other, over one turn.
  const watching = Array.from({ length: viewers }, async (_, index) => {
    await wait((RELOAD_MS * index) / viewers);
    await watch(url, endMs);
  });
  await Promise.all(watching);
  process.send?.(tally satisfies ViewersResult);
});

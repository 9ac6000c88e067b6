/**
 * What it costs to serve a channel to its viewers, beside a plain HTTP server of Node that serves the same files in the same run.
 *
 *     node bench/channel-viewers.ts [--viewers 200] [--seconds 20]
 *
 * FFmpeg sends 720p30 at 2.5 Mbit/s over RTMP. Each viewer reads playlists and segments as players do. The CPU is that of the
 * server's process, by /proc: with the encoder alone, and with its viewers; that of the reference is its process's.
 */
import { readdir } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CreateChannelCommand, GetStreamCommand } from '@aws-sdk/client-ivs';
import { makeClip, startEncoder } from '../test/support/encoder.ts';
import { lowLatencyClient } from '../test/support/low-latency-client.ts';
import { startServer, withEncoders } from '../test/support/server.ts';
import { until } from '../test/support/until.ts';
import type { ViewersOrder, ViewersResult } from './channel-viewers/viewers.ts';
import { percentile } from './support/percentile.ts';
import { nextMessage, startProgram, threadCpuSeconds } from './support/programs.ts';

const { values } = parseArgs({
  options: { viewers: { type: 'string', default: '200' }, seconds: { type: 'string', default: '20' } },
});
const [viewers, seconds] = [Number(values.viewers), Number(values.seconds)];
if (!(viewers > 0 && seconds >= 10)) throw new Error('--viewers above 0, --seconds from 10 on');

interface Row {
  readonly what: string;
  readonly cores: number;
  readonly viewed: ViewersResult | undefined;
}

/** Until now, since it was asked for, in cores. */
async function coresDuring<Result>(pid: number, work: () => Promise<Result>): Promise<[number, Result]> {
  const [before, startMs] = [threadCpuSeconds(pid), performance.now()];
  const result = await work();
  return [(1_000 * (threadCpuSeconds(pid) - before)) / (performance.now() - startMs), result];
}

async function view(what: string, pid: number, url: string): Promise<Row> {
  const program = startProgram(new URL('./channel-viewers/viewers.ts', import.meta.url), 'load');
  try {
    const order: ViewersOrder = { url, viewers, durationMs: 1_000 * seconds };
    const [cores, viewed] = await coresDuring(pid, () => {
      program.send(order);
      return nextMessage<ViewersResult>(program);
    });
    return { what, cores, viewed };
  } finally {
    program.kill();
  }
}

/** Where the server's bucket of channels is on disk. */
async function bucketFolder(dataFolder: string): Promise<string> {
  const objects = path.join(dataFolder, 'objects');
  const [account = ''] = await readdir(objects);
  return path.join(objects, account, 'channels');
}

const server = await startServer({ env: withEncoders });
const client = lowLatencyClient(server);
const clip = makeClip(server.dataFolder, 'bench', { size: '1280x720', video: ['-profile:v', 'main', '-b:v', '2500k'] });
const created = await client.send(new CreateChannelCommand({ insecureIngest: true }));
const { arn: channelArn = '', playbackUrl = '' } = created.channel ?? {};
const encoder = startEncoder(clip, server.announcement.ingest.rtmp ?? '', created.streamKey?.value ?? '');
const folder = await until(
  () =>
    client
      .send(new GetStreamCommand({ channelArn }))
      .then(() => bucketFolder(server.dataFolder))
      .catch(() => ''),
  (found) => found !== '',
);
const reference = startProgram(new URL('./channel-viewers/static-server.ts', import.meta.url), 'measured', [folder]);
try {
  const port = await nextMessage<number>(reference);
  const ofReference = new URL(new URL(playbackUrl).pathname, `http://127.0.0.1:${port}`).href;
  const [idle] = await coresDuring(server.pid, () => wait(1_000 * Math.min(10, seconds)));
  const rows: Row[] = [
    { what: 'the server, nobody watches', cores: idle, viewed: undefined },
    await view('a plain HTTP server of Node', reference.pid ?? 0, ofReference),
    await view('the server', server.pid, playbackUrl),
  ];
  const perGbit = ({ cores, viewed }: Row) => (viewed ? (cores * seconds * 1e9) / (8 * viewed.bytes) : Number.NaN);
  const plain = rows[1] ? perGbit(rows[1]) : Number.NaN;
  console.log(`${viewers} viewers of 720p30 at 2.5 Mbit/s, load average ${loadavg()[0]?.toFixed(1)}`);
  console.table(
    rows.map((row) => {
      const { what, cores, viewed } = row;
      return {
        what,
        cores: cores.toFixed(3),
        ...(viewed && {
          'CPU s/Gbit': perGbit(row).toFixed(3),
          ratio: (perGbit(row) / plain).toFixed(2),
          'Mbit/s': ((8 * viewed.bytes) / 1e6 / seconds).toFixed(0),
          'requests/s': (viewed.requests / seconds).toFixed(0),
          'p50 ms': percentile(viewed.latenciesMs, 50).toFixed(1),
          'p99 ms': percentile(viewed.latenciesMs, 99).toFixed(1),
          late: viewed.late,
          failed: viewed.failures,
        }),
      };
    }),
  );
} finally {
  reference.kill();
  await encoder.kill();
  client.destroy();
  await server.stop();
}

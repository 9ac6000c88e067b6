/**
 * What metrics cost in a server with a thousand participants: its CPU while somebody reads them, beside the same server while
 * nobody does.
 *
 *     node bench/metrics.ts [--participants 1000] [--seconds 45]
 */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CreateParticipantTokenCommand, CreateStageCommand } from '@aws-sdk/client-ivs-realtime';
import { readToken, VIDEO_DEFAULTS } from '@proscenium/load-test';
import { childrenOf } from '../test/support/processes.ts';
import { type ServerProcess, startServer } from '../test/support/server.ts';
import { Load } from './sfu/load.ts';
import type { Measured } from './sfu/orders.ts';
import { percentile } from './support/percentile.ts';
import { pinMeasured, threadCpuSeconds } from './support/programs.ts';

const { values } = parseArgs({
  options: {
    participants: { type: 'string', default: '1000' },
    /** How long each row is measured, twice: long enough for some readings of either. */
    seconds: { type: 'string', default: '45' },
  },
});
const participants = Number(values.participants);
const durationMs = 1_000 * Number(values.seconds);
if (!(participants > 0 && participants <= 2_000 && durationMs >= 15_000))
  throw new Error('--participants up to 2000, --seconds from 15 on');

const PARTICIPANTS_PER_STAGE = 50;
const PUBLISHERS_PER_STAGE = 2;
const JOINS_AT_ONCE = 10;
/** What one reading found serves others for so long: each is to look for itself. */
const SAMPLE_AGE_MS = 5_000;
/** Little of it: forwarding has a benchmark of its own. */
const VIDEO = { ...VIDEO_DEFAULTS, width: 320, height: 180, bitrateBps: 16_000, framesPerSecond: 2 };

interface Scrape {
  readonly ms: number;
  readonly bytes: number;
  readonly series: number;
}

interface Row {
  readonly serverCpu: number;
  readonly workerCpu: number;
  readonly scrapes: readonly Scrape[];
}

async function invite(server: ServerProcess, stageArn: string): Promise<string> {
  const command = new CreateParticipantTokenCommand({ stageArn, userId: 'bench' });
  return (await server.client.send(command)).participantToken?.token ?? '';
}

async function fillStage(server: ServerProcess, load: Load, count: number): Promise<void> {
  const { stage } = await server.client.send(new CreateStageCommand({ name: 'bench' }));
  const tokens = await Promise.all(Array.from({ length: count }, () => invite(server, stage?.arn ?? '')));
  const publishing = tokens.slice(0, PUBLISHERS_PER_STAGE);
  for (const token of publishing) {
    await load.order({ kind: 'publish', endpoint: { url: readToken(token).whipUrl, token }, video: VIDEO });
  }
  const publisherIds = publishing.map((token) => readToken(token).participantId);
  await load.order({ kind: 'join', tokens, publisherIds, atOnce: JOINS_AT_ONCE });
}

async function scrape(endpoint: string): Promise<Scrape> {
  const begin = performance.now();
  const response = await fetch(`${endpoint}/metrics`);
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  return { ms: performance.now() - begin, bytes: Buffer.byteLength(text), series };
}

async function measure(server: ServerProcess, load: Load, intervalMs: number | undefined): Promise<Row> {
  const [workerPid = 0] = (await childrenOf(server.pid)).keys();
  const stopped = new AbortController();
  const scrapes: Scrape[] = [];
  const pass = (ms: number) => sleep(ms, undefined, { signal: stopped.signal }).catch(() => undefined);
  const reading = async () => {
    if (intervalMs === undefined) return;
    // In the middle of each interval, so that none is cut off by the end of the row.
    for (await pass(intervalMs / 2); !stopped.signal.aborted; await pass(intervalMs)) {
      scrapes.push(await scrape(server.endpoint));
    }
  };
  await sleep(SAMPLE_AGE_MS);
  const before = { server: threadCpuSeconds(server.pid), worker: threadCpuSeconds(workerPid) };
  const readAll = reading();
  const { seconds } = await load.order<Measured>({ kind: 'measure', durationMs });
  const after = { server: threadCpuSeconds(server.pid), worker: threadCpuSeconds(workerPid) };
  stopped.abort();
  await readAll;
  return {
    serverCpu: (after.server - before.server) / seconds,
    workerCpu: (after.worker - before.worker) / seconds,
    scrapes,
  };
}

const server = await startServer({ env: { PROSCENIUM_MEDIA_WORKERS: '1' } });
const load = await Load.start();
try {
  pinMeasured(server.pid);
  for (const pid of (await childrenOf(server.pid)).keys()) pinMeasured(pid);
  const begin = performance.now();
  for (let left = participants; left > 0; left -= PARTICIPANTS_PER_STAGE) {
    await fillStage(server, load, Math.min(left, PARTICIPANTS_PER_STAGE));
  }
  console.log(`${participants} participants joined in ${((performance.now() - begin) / 1_000).toFixed(0)} s`);
  // The first readings cost more than all that come after them.
  for (let reading = 0; reading < 3; reading += 1) {
    await scrape(server.endpoint);
    await sleep(SAMPLE_AGE_MS);
  }
  // Each twice, in the opposite order the second time: neither the first nor the last one is better off.
  const cases = [
    { what: 'nobody reads', intervalMs: undefined },
    { what: 'read every 15 s', intervalMs: 15_000 },
    { what: 'read every 5 s', intervalMs: 5_000 },
  ];
  const rows = cases.map((): Row[] => []);
  for (const order of [cases.keys().toArray(), cases.keys().toArray().reverse()]) {
    for (const index of order) rows[index]?.push(await measure(server, load, cases[index]?.intervalMs));
  }
  const mean = (index: number, figure: 'serverCpu' | 'workerCpu') =>
    (rows[index] ?? []).reduce((sum, row) => sum + row[figure], 0) / (rows[index]?.length ?? 1);
  console.log(
    `${participants} participants in stages of ${PARTICIPANTS_PER_STAGE}, ${PUBLISHERS_PER_STAGE} of them publish, all subscribe to both; load average ${loadavg()[0]?.toFixed(1)}`,
  );
  console.table(
    cases.map(({ what }, index) => {
      const scrapes = (rows[index] ?? []).flatMap((row) => row.scrapes);
      const last = scrapes.at(-1);
      return {
        what,
        readings: scrapes.length,
        'server CPU %': (100 * mean(index, 'serverCpu')).toFixed(1),
        ratio: (mean(index, 'serverCpu') / mean(0, 'serverCpu')).toFixed(2),
        'worker CPU %': (100 * mean(index, 'workerCpu')).toFixed(1),
        'worker ratio': (mean(index, 'workerCpu') / mean(0, 'workerCpu')).toFixed(2),
        'answer p50 ms': last
          ? percentile(
              scrapes.map(({ ms }) => ms),
              50,
            ).toFixed(0)
          : '',
        'longest ms': last ? Math.max(...scrapes.map(({ ms }) => ms)).toFixed(0) : '',
        kB: last ? (last.bytes / 1_000).toFixed(0) : '',
        series: last?.series ?? '',
      };
    }),
  );
  await load.order({ kind: 'stop' });
} finally {
  load.close();
  await server.stop();
}

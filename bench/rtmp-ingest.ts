/**
 * What it costs to take an encoder's stream by RTMP, beside an FFmpeg child that does the same in the same run, how long a
 * picture is under way from the encoder's socket to a page, and by how much sound and picture are out of step there.
 *
 *     node bench/rtmp-ingest.ts [--ingests 4] [--seconds 10] [--flashes 20]
 *
 * Each ingest is 720p30 at 2.5 Mbit/s with AAC of 44.1 kHz in stereo. The CPU is that of the ingest program with all its
 * threads, by /proc, without the SFU and the encoders. The latency is that of pictures that are sent as soon as they are made.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { makeProgramme, sendProgramme, startReference, stop } from './rtmp-ingest/encoders.ts';
import { measureLatency } from './rtmp-ingest/latency.ts';
import { IngestStages } from './rtmp-ingest/stages.ts';
import { percentile } from './support/percentile.ts';
import { threadCpuSeconds } from './support/programs.ts';

const SETTLE_MS = 4_000;

const { values } = parseArgs({
  options: {
    ingests: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '10' },
    /** Pictures whose way is measured, one a second. */
    flashes: { type: 'string', default: '20' },
  },
});
const [ingests, seconds, flashes] = [values.ingests, values.seconds, values.flashes].map(Number);
if (!ingests || !seconds || !flashes) throw new Error('--ingests, --seconds and --flashes are numbers above 0');

/** Of these processes, in cores. */
async function measureCpu(pids: readonly number[], durationSeconds: number): Promise<number> {
  const used = () => pids.reduce((sum, pid) => sum + threadCpuSeconds(pid), 0);
  await wait(SETTLE_MS);
  const [before, startMs] = [used(), performance.now()];
  await wait(1_000 * durationSeconds);
  return (1_000 * (used() - before)) / (performance.now() - startMs);
}

async function measureOurs(
  stages: IngestStages,
  file: string,
  count: number,
): Promise<{ idle: number; cores: number }> {
  const idle = await measureCpu([stages.programPid], seconds as number);
  const encoders = Array.from({ length: count }, () => sendProgramme(file, stages.newUrl()));
  try {
    const cores = await measureCpu([stages.programPid], seconds as number);
    if (stages.publishing !== count) throw new Error(`${stages.publishing} of ${count} encoders publish`);
    return { idle, cores };
  } finally {
    await Promise.all(encoders.map(stop));
  }
}

async function measureReference(file: string, count: number): Promise<number> {
  const programs: ChildProcess[] = [];
  try {
    const references = Array.from({ length: count }, (_, index) => {
      const url = `rtmp://127.0.0.1:${19_350 + index}/app/key`;
      return { url, program: startReference(url, 25_000 + 10 * index) };
    });
    programs.push(...references.map(({ program }) => program));
    await wait(1_000); // they do not say when they listen
    programs.push(...references.map(({ url }) => sendProgramme(file, url)));
    return await measureCpu(
      references.map(({ program }) => program.pid ?? 0),
      seconds as number,
    );
  } finally {
    await Promise.all(programs.map(stop));
  }
}

console.log(`Node ${process.version}, ${availableParallelism()} cores, load average ${loadavg()[0]?.toFixed(1)}`);
const folder = await mkdtemp(join(tmpdir(), 'proscenium-bench-'));
const stages = await IngestStages.open();
try {
  const file = makeProgramme(folder);
  const ours = await measureOurs(stages, file, ingests);
  const reference = await measureReference(file, ingests);
  const costRow = (what: string, cores: number) => ({
    what,
    ingests,
    'cores each': (cores / ingests).toFixed(4),
    ratio: (cores / reference).toFixed(2),
  });
  console.table([costRow('ingest program', ours.cores), costRow('FFmpeg children', reference)]);
  console.log(`The ingest program without encoders: ${ours.idle.toFixed(4)} cores`);

  const { latenciesMs, skewsMs } = await measureLatency(stages, flashes);
  const row = (what: string, valuesMs: readonly number[]) => ({
    what,
    flashes: valuesMs.length,
    'p50 ms': percentile(valuesMs, 0.5).toFixed(0),
    'p95 ms': percentile(valuesMs, 0.95).toFixed(0),
    'most ms': Math.max(...valuesMs).toFixed(0),
  });
  console.table([row("from the encoder's socket to the page", latenciesMs), row('sound behind picture', skewsMs)]);
} finally {
  await stages.close();
  await rm(folder, { recursive: true });
}
console.log(`Load average ${loadavg()[0]?.toFixed(1)} at the end`);

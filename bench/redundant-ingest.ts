/**
 * What two encoders that send the same cost, of which one publisher is made, beside single ones in the same run.
 *
 *     node bench/redundant-ingest.ts [--pairs 2] [--seconds 10] [--rounds 3]
 *
 * Each encoder sends 720p30 at 2.5 Mbit/s with AAC of 44.1 kHz in stereo. The CPU is that of the ingest program with all its
 * threads, and that of the SFU's workers, by /proc, without the encoders; of several rounds by turns, the median.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { makeProgramme, sendProgramme, stop } from './rtmp-ingest/encoders.ts';
import { IngestStages } from './rtmp-ingest/stages.ts';
import { median } from './support/median.ts';
import { threadCpuSeconds } from './support/programs.ts';

const SETTLE_MS = 4_000;

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
  },
});
const [pairs, seconds, rounds] = [values.pairs, values.seconds, values.rounds].map(Number);
if (!pairs || !seconds || !rounds) throw new Error('--pairs, --seconds and --rounds are numbers above 0');

interface Cost {
  readonly program: number;
  readonly workers: number;
}

/** In cores, of so many publishers. */
async function measure(stages: IngestStages, urls: readonly string[], publishers: number): Promise<Cost> {
  const used = () => ({
    program: threadCpuSeconds(stages.programPid),
    workers: stages.workerPids.reduce((sum, pid) => sum + threadCpuSeconds(pid), 0),
  });
  const encoders = urls.map((url) => sendProgramme(file, url));
  try {
    await wait(SETTLE_MS);
    const [before, startMs] = [used(), performance.now()];
    await wait(1_000 * (seconds as number));
    const after = used();
    const elapsed = (performance.now() - startMs) / 1_000;
    if (stages.publishing !== publishers) throw new Error(`${stages.publishing} of ${publishers} publish`);
    return { program: (after.program - before.program) / elapsed, workers: (after.workers - before.workers) / elapsed };
  } finally {
    await Promise.all(encoders.map(stop));
    stages.endStages();
  }
}

console.log(`Node ${process.version}, ${availableParallelism()} cores, load average ${loadavg()[0]?.toFixed(1)}`);
const folder = await mkdtemp(join(tmpdir(), 'proscenium-bench-'));
const file = makeProgramme(folder);
const stages = await IngestStages.open();
try {
  const [single, redundant]: [Cost[], Cost[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const singleUrls = Array.from({ length: pairs }, () => stages.newUrl());
    single.push(await measure(stages, singleUrls, pairs));
    const pairUrls = Array.from({ length: pairs }, () => stages.newPairUrls());
    redundant.push(await measure(stages, pairUrls.flat(), pairs));
  }
  const of = (costs: readonly Cost[], part: keyof Cost) => median(costs.map((cost) => cost[part])) / pairs;
  const row = (what: string, costs: readonly Cost[]) => ({
    what,
    'ingest program, cores each': of(costs, 'program').toFixed(4),
    ratio: (of(costs, 'program') / of(single, 'program')).toFixed(2),
    'SFU, cores each': of(costs, 'workers').toFixed(4),
    'its ratio': (of(costs, 'workers') / of(single, 'workers')).toFixed(2),
  });
  console.table([row('one encoder', single), row('two encoders, one publisher', redundant)]);
} finally {
  await stages.close();
  await rm(folder, { recursive: true });
}
console.log(`Load average ${loadavg()[0]?.toFixed(1)} at the end`);

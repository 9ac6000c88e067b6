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
import { parseArgs } from 'node:util';
import { makeProgramme, sendProgramme, stop } from './rtmp-ingest/encoders.ts';
import { type IngestCost, measureIngest, showCosts } from './rtmp-ingest/ingest-cost.ts';
import { IngestStages } from './rtmp-ingest/stages.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
  },
});
const [pairs, seconds, rounds] = [values.pairs, values.seconds, values.rounds].map(Number);
if (!pairs || !seconds || !rounds) throw new Error('--pairs, --seconds and --rounds are numbers above 0');

/** In cores, of so many publishers. */
async function measure(stages: IngestStages, urls: readonly string[], publishers: number): Promise<IngestCost> {
  const encoders = urls.map((url) => sendProgramme(file, url));
  try {
    return await measureIngest(stages, publishers, seconds as number);
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
  const [single, redundant]: [IngestCost[], IngestCost[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const singleUrls = Array.from({ length: pairs }, () => stages.newUrl());
    single.push(await measure(stages, singleUrls, pairs));
    const pairUrls = Array.from({ length: pairs }, () => stages.newPairUrls());
    redundant.push(await measure(stages, pairUrls.flat(), pairs));
  }
  showCosts({ 'one encoder': single, 'two encoders, one publisher': redundant }, pairs);
} finally {
  await stages.close();
  await rm(folder, { recursive: true });
}
console.log(`Load average ${loadavg()[0]?.toFixed(1)} at the end`);

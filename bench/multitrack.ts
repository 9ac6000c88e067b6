/**
 * What an encoder costs that sends three tracks, beside one that sends the best of them alone, in the same run.
 *
 *     node bench/multitrack.ts [--encoders 2] [--seconds 10] [--rounds 3]
 *
 * The tracks are 720p30 at 2.5 Mbit/s, 360p30 at 880 kbit/s and 180p15 at 180 kbit/s, with AAC of 48 kHz in stereo. The CPU is
 * that of the ingest program with all its threads, and that of the SFU's workers, by /proc, without the encoders; of several
 * rounds by turns, the median.
 */
import { connect } from 'node:net';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  encodeMultitrackClip,
  type MultitrackClip,
  MultitrackEncoder,
} from '../packages/media/src/ingest/multitrack.fixture.ts';
import { RtmpPublisher } from '../packages/media/src/rtmp/index.ts';
import { IngestStages } from './rtmp-ingest/stages.ts';
import { median } from './support/median.ts';
import { threadCpuSeconds } from './support/programs.ts';

const HOST = '127.0.0.1';
const SETTLE_MS = 4_000;

const { values } = parseArgs({
  options: {
    encoders: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
  },
});
const [encoders, seconds, rounds] = [values.encoders, values.seconds, values.rounds].map(Number);
if (!encoders || !seconds || !rounds) throw new Error('--encoders, --seconds and --rounds are numbers above 0');

interface Cost {
  readonly program: number;
  readonly workers: number;
}

async function publish(stages: IngestStages, clip: MultitrackClip): Promise<MultitrackEncoder> {
  const streamKey = stages.newKey();
  const tcUrl = `rtmp://${HOST}:${stages.port}/app`;
  return new MultitrackEncoder(
    await RtmpPublisher.publish(connect(stages.port, HOST), { app: 'app', streamKey, tcUrl }),
    clip,
  );
}

/** In cores, of all encoders. */
async function measure(stages: IngestStages, clip: MultitrackClip, count: number): Promise<Cost> {
  const used = () => ({
    program: threadCpuSeconds(stages.programPid),
    workers: stages.workerPids.reduce((sum, pid) => sum + threadCpuSeconds(pid), 0),
  });
  const sending = await Promise.all(Array.from({ length: count }, () => publish(stages, clip)));
  try {
    await wait(SETTLE_MS);
    const [before, startMs] = [used(), performance.now()];
    await wait(1_000 * (seconds as number));
    const after = used();
    const elapsed = (performance.now() - startMs) / 1_000;
    if (stages.publishing !== count) throw new Error(`${stages.publishing} of ${count} publish`);
    return { program: (after.program - before.program) / elapsed, workers: (after.workers - before.workers) / elapsed };
  } finally {
    for (const encoder of sending) encoder.close();
    stages.endStages();
  }
}

console.log(`Node ${process.version}, ${availableParallelism()} cores, load average ${loadavg()[0]?.toFixed(1)}`);
const best = { trackId: 0, size: '1280x720', bitrateKbps: 2_500 };
const others = [
  { trackId: 1, size: '640x360', bitrateKbps: 880 },
  { trackId: 2, size: '320x180', framesPerSecond: 15, bitrateKbps: 180 },
];
const soundSeconds = seconds + SETTLE_MS / 1_000 + 5;
const [one, three] = [[best], [best, ...others]].map((tracks) => encodeMultitrackClip(tracks, soundSeconds)) as [
  MultitrackClip,
  MultitrackClip,
];
const stages = await IngestStages.open();
try {
  const [single, several]: [Cost[], Cost[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    single.push(await measure(stages, one, encoders));
    several.push(await measure(stages, three, encoders));
  }
  const of = (costs: readonly Cost[], part: keyof Cost) => median(costs.map((cost) => cost[part])) / encoders;
  const row = (what: string, costs: readonly Cost[]) => ({
    what,
    'ingest program, cores each': of(costs, 'program').toFixed(4),
    ratio: (of(costs, 'program') / of(single, 'program')).toFixed(2),
    'SFU, cores each': of(costs, 'workers').toFixed(4),
    'its ratio': (of(costs, 'workers') / of(single, 'workers')).toFixed(2),
  });
  console.table([row('one track', single), row('three tracks', several)]);
} finally {
  await stages.close();
}
console.log(`Load average ${loadavg()[0]?.toFixed(1)} at the end`);

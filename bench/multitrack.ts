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
import { parseArgs } from 'node:util';
import {
  encodeMultitrackClip,
  type MultitrackClip,
  MultitrackEncoder,
} from '../packages/media/src/ingest/multitrack.fixture.ts';
import { RtmpPublisher } from '../packages/media/src/rtmp/index.ts';
import { type IngestCost, measureIngest, SETTLE_MS, showCosts } from './rtmp-ingest/ingest-cost.ts';
import { IngestStages } from './rtmp-ingest/stages.ts';

const HOST = '127.0.0.1';

const { values } = parseArgs({
  options: {
    encoders: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
  },
});
const [encoders, seconds, rounds] = [values.encoders, values.seconds, values.rounds].map(Number);
if (!encoders || !seconds || !rounds) throw new Error('--encoders, --seconds and --rounds are numbers above 0');

async function publish(stages: IngestStages, clip: MultitrackClip): Promise<MultitrackEncoder> {
  const streamKey = stages.newKey();
  const tcUrl = `rtmp://${HOST}:${stages.port}/app`;
  return new MultitrackEncoder(
    await RtmpPublisher.publish(connect(stages.port, HOST), { app: 'app', streamKey, tcUrl }),
    clip,
  );
}

/** In cores, of all encoders. */
async function measure(stages: IngestStages, clip: MultitrackClip, count: number): Promise<IngestCost> {
  const sending = await Promise.all(Array.from({ length: count }, () => publish(stages, clip)));
  try {
    return await measureIngest(stages, count, seconds as number);
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
  const [single, several]: [IngestCost[], IngestCost[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    single.push(await measure(stages, one, encoders));
    several.push(await measure(stages, three, encoders));
  }
  showCosts({ 'one track': single, 'three tracks': several }, encoders);
} finally {
  await stages.close();
}
console.log(`Load average ${loadavg()[0]?.toFixed(1)} at the end`);

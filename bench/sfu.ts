/**
 * What it costs to forward media: beside one mediasoup router of the same worker program without anything of ours, and beside
 * Debian's Janus where it is installed, in the same run by the same generator.
 *
 *     node bench/sfu.ts [--seconds 5] [--only forwarding,conversation,joins,latency]
 *
 * The figures are CPU time by /proc, which is sturdier than time by the clock: what is measured has one core, the generator
 * the other one. A row in which one of the two was full, or the machine too busy, says so.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureConversation } from './sfu/conversation.ts';
import { measureForwarding } from './sfu/forwarding.ts';
import { janusMissing } from './sfu/janus.ts';
import { measureJoins } from './sfu/joins.ts';
import { measureLatency } from './sfu/latency.ts';
import { canPin } from './support/programs.ts';

const parts = {
  forwarding: measureForwarding,
  conversation: measureConversation,
  joins: measureJoins,
  latency: measureLatency,
};

const { values } = parseArgs({
  options: {
    /** How long each row is measured. */
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: Object.keys(parts).join(',') },
  },
});
const durationMs = 1_000 * Number(values.seconds);
if (!(durationMs > 0)) throw new Error('--seconds is a number');

const cores = availableParallelism();
console.log(
  `Node ${process.version}, ${cores} cores, ${canPin ? 'each program on one of them' : 'no program on a core of its own'}`,
);
if (janusMissing !== false) console.log(`Janus is left out: ${janusMissing}`);
for (const name of values.only.split(',')) {
  const measure = parts[name as keyof typeof parts];
  if (measure === undefined) throw new Error(`--only knows ${Object.keys(parts).join(', ')}`);
  const before = loadavg()[0] ?? 0;
  const began = performance.now();
  await measure(durationMs);
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  console.log(`Load average ${before.toFixed(1)} before, ${loadavg()[0]?.toFixed(1)} after; ${seconds} s\n`);
}

/**
 * What the web client costs a page: the time from joining to the first frame, the CPU of a page with several remote
 * publishers, and what a page has to load; by the one connection that the server offers, beside one connection that the page
 * posts an offer for, for each publisher.
 *
 *     node bench/web-client.ts [--joins 10] [--seconds 20] [--publishers 6]
 *
 * The page that is measured has a browser of its own, all processes of which count; publishers have another one.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureCpu } from './web-client/cpu.ts';
import { measureJoins } from './web-client/joins.ts';
import { measureSize } from './web-client/size.ts';
import { WebClientStage } from './web-client/stage.ts';

const { values } = parseArgs({
  options: {
    joins: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '20' },
    publishers: { type: 'string', default: '6' },
  },
});
const [joins, seconds, publishers] = [values.joins, values.seconds, values.publishers].map(Number);
if (!joins || !seconds || !publishers) throw new Error('--joins, --seconds and --publishers are numbers above 0');

console.log(`${availableParallelism()} cores, load average ${loadavg()[0]?.toFixed(1)}`);
await measureSize();
const stage = await WebClientStage.start({ publishers, viewers: 2 * (joins + 1) + publishers + 3 });
try {
  await stage.publish(1);
  await measureJoins(stage, joins);
  await stage.publish(publishers);
  await measureCpu(stage, seconds * 1_000);
} finally {
  await stage.stop();
}
console.log(`Load average ${loadavg()[0]?.toFixed(1)} at the end`);

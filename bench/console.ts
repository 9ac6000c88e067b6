/**
 * What the console costs a browser: what its pieces weigh, what of that is loaded and how long it takes until somebody can sign
 * in, and until the stages are listed. Beside it, from the same server in the same run, a page without script.
 *
 *     node bench/console.ts [--loads 15]
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureLoads } from './console/loads.ts';
import { measurePieces } from './console/pieces.ts';

const { values } = parseArgs({ options: { loads: { type: 'string', default: '15' } } });
const loads = Number(values.loads);
if (!loads) throw new Error('--loads is a number above 0');

console.log(`${availableParallelism()} cores, load average ${loadavg()[0]?.toFixed(1)}`);
measurePieces();
await measureLoads(loads);
console.log(`Load average at the end ${loadavg()[0]?.toFixed(1)}`);

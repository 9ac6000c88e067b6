/** How long the server takes to be ready, and what it holds when nothing happens, beside a Node that does nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startServer } from '../test/support/server.ts';
import { median } from './support/median.ts';

const starts = 7;
const idleMs = 2_000;

type Started = { readyMs: number; residentMb: number };

async function startOnce(dataFolder: string, env: Record<string, string>): Promise<Started> {
  const begin = performance.now();
  const server = await startServer({ dataFolder, env });
  const readyMs = performance.now() - begin;
  await setTimeout(idleMs);
  const residentMb = await residentMemory(server.pid);
  await server.stop();
  return { readyMs, residentMb };
}

async function startNode(): Promise<Started> {
  const begin = performance.now();
  const child = spawn(process.execPath, ['-e', 'console.log(); setTimeout(() => {}, 60_000)'], { stdio: 'pipe' });
  await once(child.stdout, 'data');
  const readyMs = performance.now() - begin;
  const residentMb = await residentMemory(child.pid ?? 0);
  child.kill();
  return { readyMs, residentMb };
}

/** Of the process alone; media workers are others. */
async function residentMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
}

const dataFolder = await mkdtemp(path.join(tmpdir(), 'proscenium-bench-'));
const cases: { name: string; start: () => Promise<Started> }[] = [
  { name: 'Node that does nothing', start: startNode },
  { name: 'without media', start: () => startOnce(dataFolder, { PROSCENIUM_MEDIA_WORKERS: '0' }) },
  { name: 'with one media worker', start: () => startOnce(dataFolder, { PROSCENIUM_MEDIA_WORKERS: '1' }) },
];
const measured = cases.map((): Started[] => []);
for (let round = 0; round <= starts; round += 1) {
  for (const [index, { start }] of cases.entries()) {
    const result = await start();
    if (round > 0) measured[index]?.push(result); // the first one makes the database
  }
}
await rm(dataFolder, { recursive: true });

console.log(`Medians of ${starts} starts on a database that is there; load average ${loadavg()[0]}`);
const [reference = []] = measured;
const middle = (results: readonly Started[], figure: keyof Started) => median(results.map((each) => each[figure]));
console.table(
  cases.map(({ name }, index) => {
    const results = measured[index] ?? [];
    return {
      what: name,
      'ready after ms': Math.round(middle(results, 'readyMs')),
      ratio: (middle(results, 'readyMs') / middle(reference, 'readyMs')).toFixed(1),
      'resident MB': Math.round(middle(results, 'residentMb')),
    };
  }),
);

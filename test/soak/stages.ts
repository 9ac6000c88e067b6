/**
 * People join, publish, subscribe, mute, lose packets, leave and come back for an hour (SOAK_MINUTES), on several stages of
 * one server; what the server and its workers hold is sampled all the time. Fails when something grows over the last two
 * thirds of the time by more than 1 % in ten minutes, when a worker died, or when something else went wrong.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createIdentity } from '@proscenium/participant/connection';
import { cpuSeconds } from '../../bench/support/programs.ts';
import { childrenOf } from '../support/processes.ts';
import { startServer } from '../support/server.ts';
import { judgeGrowth, type Sample, takeSample } from './resource-samples.ts';
import { type Happened, keepStageBusy } from './stage-traffic.ts';

const minutes = Number(process.env.SOAK_MINUTES ?? 60);
if (!(minutes > 0)) throw new Error('SOAK_MINUTES is a number of minutes');
const stages = 4;
const workers = 2;
const sampleIntervalMs = Math.min(10_000, (minutes * 60_000) / 60);
const sayEveryMinutes = Math.max(1, minutes / 12);
const warmUpPart = 1 / 3;

const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-soak-'));
const reportFile = path.join(folder, 'resources.json');
const preload = fileURLToPath(new URL('report-resources.ts', import.meta.url));
const server = await startServer({
  env: {
    NODE_OPTIONS: `--import=${preload}`,
    PROSCENIUM_SOAK_REPORT: reportFile,
    PROSCENIUM_MEDIA_WORKERS: String(workers),
    PROSCENIUM_LIMITS_SESSION_LINGER_SECONDS: '10',
    PROSCENIUM_LIMITS_RECONNECT_GRACE_SECONDS: '5',
    PROSCENIUM_LOG_LEVEL: 'warn',
  },
});
const children = await childrenOf(server.pid);

const happened: Happened = {
  stages: 0,
  publishes: 0,
  subscribes: 0,
  mutes: 0,
  vanished: 0,
  lossy: 0,
  calls: 0,
  tooLate: 0,
  packets: 0,
  repaired: 0,
  notAuthentic: 0,
  failures: 0,
};
const stop = new AbortController();
const identity = await createIdentity();
const traffic = Array.from({ length: stages }, () =>
  keepStageBusy(
    {
      client: server.client,
      identity,
      publishersPerStage: 2,
      subscribersPerStage: 6,
      stageSeconds: [60, 240],
      publishSeconds: [15, 60],
      subscribeSeconds: [4, 20],
    },
    happened,
    stop.signal,
  ),
);

const beginMs = performance.now();
const elapsedMinutes = () => (performance.now() - beginMs) / 60_000;
const samples: Sample[] = [];
let said = 0;
console.log(`${stages} stages, ${workers} workers, ${availableParallelism()} cores, ${minutes} minutes`);
while (elapsedMinutes() < minutes) {
  const sample = await takeSample(server.pid, reportFile, elapsedMinutes());
  samples.push(sample);
  if (sample.minutes >= said * sayEveryMinutes) {
    said += 1;
    const figures = Object.values(sample.figures).map((value) => value.toFixed(0));
    console.log(`${sample.minutes.toFixed(1)} min, load average ${loadavg()[0]?.toFixed(1)}: ${figures.join(' ')}`);
  }
  await sleep(sampleIntervalMs);
}

const cpu = cpuSeconds(server.pid);
const workerCpu = [...children.keys()].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
stop.abort();
await Promise.all(traffic);
const survivors = await childrenOf(server.pid);
const lostWorkers = [...children.keys()].filter((pid) => !survivors.has(pid)).length;
const log = server.log();
await server.stop();
await rm(folder, { recursive: true });

const judged = samples.filter(({ minutes: at }) => at >= minutes * warmUpPart);
const growth = judgeGrowth(judged);
const percent = (part: number) => `${(100 * part).toFixed(2)} %`;
console.log(`\nThe last ${(minutes * (1 - warmUpPart)).toFixed(0)} minutes, ${judged.length} samples:`);
console.table(
  growth.map(({ name, mean, perTenMinutes, standardError, grows }) => ({
    what: name,
    first: judged[0]?.figures[name]?.toFixed(1),
    last: judged.at(-1)?.figures[name]?.toFixed(1),
    mean: mean.toFixed(1),
    'in 10 min': percent(perTenMinutes),
    '±': percent(standardError),
    verdict: grows ? 'GROWS' : 'steady',
  })),
);
console.table({ ...happened, 'server: CPU seconds': Math.round(cpu), 'workers: CPU seconds': Math.round(workerCpu) });

const complaints = [
  ...growth.filter(({ grows }) => grows).map(({ name }) => `${name} grows`),
  ...(lostWorkers > 0 ? [`${lostWorkers} of ${children.size} children ended`] : []),
  ...(happened.notAuthentic > 0 ? [`${happened.notAuthentic} packets were not authentic`] : []),
  ...(happened.failures > 0 ? [`${happened.failures} failures, told above`] : []),
  ...(/"level":(50|60)/.test(log) ? ['the server logged errors:', ...errorLines(log)] : []),
];
if (complaints.length > 0) {
  console.log(`\nFailed:\n${complaints.join('\n')}`);
  process.exitCode = 1;
} else {
  console.log('\nNothing grows.');
}

function errorLines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => /"level":(50|60)/.test(line))
    .slice(0, 10);
}

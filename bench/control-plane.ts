/**
 * Calls per second that a server answers on one core, beside a bare Fastify route on the same core in the same run, and
 * how long callers wait. The load comes from another core where there is one.
 */
import { availableParallelism, loadavg } from 'node:os';
import { CreateStageCommand } from '@aws-sdk/client-ivs-realtime';
import { startServer } from '../test/support/server.ts';
import type { LoadOrder, LoadResult } from './support/load-generator.ts';
import { median } from './support/median.ts';
import { canPin, cpuSeconds, nextMessage, pinMeasured, startProgram } from './support/programs.ts';
import { signatureCpuMicroseconds, syncsPerSecond } from './support/references.ts';
import { signedRequest } from './support/signed-request.ts';

const rounds = 5;
const roundMs = 2_000;
const connections = 16;
/** Requests that differ, so that nothing is answered from what was just at hand. */
const variety = 50;
/** Stages are made in one after the other: how many there are already has its price. */
const regions = ['us-east-1', 'eu-west-1', 'eu-central-1', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2'];
const region = 'us-west-2';

const server = await startServer({ env: { PROSCENIUM_MEDIA_WORKERS: '0', PROSCENIUM_QUOTAS_STAGES: '1000000' } });
pinMeasured(server.pid);
const stages = await Promise.all(
  Array.from({ length: variety }, async (_, index) => {
    const { stage } = await server.client.send(
      new CreateStageCommand({ name: `stage-${index}`, tags: { team: 'red' } }),
    );
    return stage;
  }),
);
const bare = startProgram(new URL('../packages/server/src/http/bare-server.fixture.ts', import.meta.url), 'measured', [
  JSON.stringify({ stage: stages[0] }),
]);
const barePort = await nextMessage<number>(bare);
const generator = startProgram(new URL('./support/load-generator.ts', import.meta.url), 'load');

type Case = { name: string; pid: number; port: number; requests(round: number): Promise<string[]> };

/** Signatures are good for five minutes, so they are made for each round. */
function signedCase(operation: string, input: (index: number) => object, regionOf = (_round: number) => region): Case {
  return {
    name: operation,
    pid: server.pid,
    port: Number(new URL(server.endpoint).port),
    requests: (round) =>
      Promise.all(
        Array.from({ length: variety }, (_, index) => signedRequest(operation, input(index), regionOf(round))),
      ),
  };
}

const cases: Case[] = [
  {
    ...signedCase('GetStage', (index) => ({ arn: stages[index]?.arn })),
    name: 'bare route',
    pid: bare.pid ?? 0,
    port: barePort,
  },
  signedCase('GetStage', (index) => ({ arn: stages[index]?.arn })),
  signedCase('CreateParticipantToken', (index) => ({ stageArn: stages[index]?.arn, userId: `user-${index}` })),
  signedCase(
    'CreateStage',
    (index) => ({ name: `made-${index}`, tags: { team: 'red' } }),
    (round) => regions[round] ?? region,
  ),
];

type Measured = LoadResult & { cpuSeconds: number; loadAverage: number };

async function measure({ pid, port, requests }: Case, round: number): Promise<Measured> {
  const order: LoadOrder = { port, requests: await requests(round), connections, durationMs: roundMs };
  const before = cpuSeconds(pid);
  generator.send(order);
  const result = await nextMessage<LoadResult>(generator);
  return { ...result, cpuSeconds: cpuSeconds(pid) - before, loadAverage: loadavg()[0] ?? 0 };
}

// The first round warms up; in the others they take turns, so that what else the machine does falls on all of them.
const measured = cases.map((): Measured[] => []);
for (let round = 0; round <= rounds; round += 1) {
  for (const [index, each] of cases.entries()) {
    const result = await measure(each, round);
    if (round > 0) measured[index]?.push(result);
  }
}
generator.kill();
bare.kill();
await server.stop();

const load = measured.flat().map(({ loadAverage }) => loadAverage);
const cores = availableParallelism();
console.log(
  `Node ${process.version}, ${cores} cores, ${canPin ? 'server and load on a core each' : 'nothing kept on one core'}`,
);
console.log(
  `Load average ${Math.min(...load).toFixed(1)} to ${Math.max(...load).toFixed(1)}; above ${cores} others were at work`,
);
console.log(`${connections} connections; medians of ${rounds} rounds of ${roundMs / 1_000} s`);
const perSecond = ({ calls, seconds }: Measured) => calls / seconds;
const cpuMicroseconds = ({ calls, cpuSeconds }: Measured) => (cpuSeconds / calls) * 1e6;
const middle = (results: readonly Measured[] = [], figure: (result: Measured) => number) => median(results.map(figure));
const [reference] = measured;
console.table(
  cases.map(({ name }, index) => {
    const results = measured[index];
    return {
      call: name,
      'per second': Math.round(middle(results, perSecond)),
      ratio: (middle(results, perSecond) / middle(reference, perSecond)).toFixed(2),
      'p50 ms': middle(results, ({ p50Ms }) => p50Ms).toFixed(1),
      'p99 ms': middle(results, ({ p99Ms }) => p99Ms).toFixed(1),
      'CPU µs': Math.round(middle(results, cpuMicroseconds)),
      // What a core of its own would do, whoever else was at work.
      'per CPU second': Math.round(1e6 / middle(results, cpuMicroseconds)),
      'ratio of CPU': (middle(reference, cpuMicroseconds) / middle(results, cpuMicroseconds)).toFixed(2),
    };
  }),
);
console.log('Beside them, in the same run:');
console.table({
  'signature of a token (CPU µs)': Math.round(signatureCpuMicroseconds('P-384')),
  'syncs of the disk, one by one (per second)': Math.round(await syncsPerSecond()),
});

/**
 * What a replica costs, beside an ordinary subscriber and an ordinary publisher of the same run.
 *
 *     node bench/replica.ts [--seconds 5]
 *
 * One worker has everything, so a replica's way in is counted as well as its way out. The figures are CPU time by /proc, less what
 * there was before with as many packets; see bench/sfu.ts.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import {
  CreateStageCommand,
  StartParticipantReplicationCommand,
  StopParticipantReplicationCommand,
} from '@aws-sdk/client-ivs-realtime';
import { VIDEO_DEFAULTS } from '@proscenium/load-test';
import { Load } from './sfu/load.ts';
import type { Endpoint, Measured } from './sfu/orders.ts';
import { OurServer } from './sfu/targets.ts';
import { targetCpuSeconds, type Window as WholeWindow } from './sfu/window.ts';

type Window = Pick<WholeWindow, 'seconds' | 'sent' | 'received' | 'lost' | 'workerCpuSeconds' | 'controlCpuSeconds'>;

const PUBLISHERS = 4;
/** The most that a participant may have. */
const REPLICAS_EACH = 5;
const REPLICAS = PUBLISHERS * REPLICAS_EACH;
const REFERENCE = 'subscriber';
const ROUNDS = 2;
const JOINS_AT_ONCE = 4;
const SETTLE_MS = 2_000;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } });
const durationMs = 1_000 * Number(values.seconds);
if (!(durationMs > 0)) throw new Error('--seconds is a number');

/** What a kind of participant cost in all rounds. */
interface Cost {
  readonly count: number;
  seconds: number;
  packets: number;
  cpuSeconds: number;
  controlCpuSeconds: number;
  readonly remarks: Set<string>;
}

type Costs = Map<string, Cost>;

async function measureRound(bitrateBps: number, costs: Costs): Promise<void> {
  const server = await OurServer.start();
  const publishing = await Load.start();
  const watch = (...others: Load[]) => measureWindow(server, publishing, ...others);
  const note = (what: string, count: number, window: Window, before: Window, packets: number) =>
    add(costs, { what, count, packets }, window, before);
  try {
    const empty = await watch();
    const video = { ...VIDEO_DEFAULTS, bitrateBps };
    for (let index = 0; index < PUBLISHERS; index += 1) {
      await publishing.order({ kind: 'publish', endpoint: await server.publisher(), video });
    }
    const alone = await watch();
    note('publisher', PUBLISHERS, alone, empty, alone.sent);

    const atSource = (publisher: number) => server.subscribers(publisher, REPLICAS_EACH);
    const subscribed = await withSubscribers(atSource, watch);
    note(REFERENCE, REPLICAS, subscribed, alone, subscribed.received);

    const destinations = await createStages(server);
    for (const destination of destinations) await replicate(server, destination);
    const replicated = await watch();
    note('replica that nobody receives', REPLICAS, replicated, alone, replicated.sent * REPLICAS_EACH);

    const ofReplica = (publisher: number) =>
      Promise.all(destinations.map(async (arn) => server.subscriber(publisher, await server.invite(arn))));
    const received = await withSubscribers(ofReplica, watch);
    note('the only subscriber of a replica', REPLICAS, received, replicated, received.received);

    for (const destination of destinations) await stopReplicas(server, destination);
    const after = await watch();
    note('what stays of a replica that was stopped', REPLICAS, after, alone, after.sent * REPLICAS_EACH);
  } finally {
    await publishing.order({ kind: 'stop' });
    publishing.close();
    await server.close();
  }
}

/** What all of them did, and the server used, in the same while. */
async function measureWindow(server: OurServer, ...loads: Load[]): Promise<Window> {
  await Promise.all(loads.map((load) => load.order({ kind: 'measure', durationMs: SETTLE_MS })));
  const before = targetCpuSeconds(server);
  const measured = await Promise.all(loads.map((load) => load.order<Measured>({ kind: 'measure', durationMs })));
  const after = targetCpuSeconds(server);
  const sum = (figure: (one: Measured) => number) => measured.reduce((total, one) => total + figure(one), 0);
  return {
    seconds: sum(({ seconds }) => seconds) / measured.length,
    sent: sum(({ sent }) => sent),
    received: sum(({ received }) => received),
    lost: sum(({ lost }) => lost),
    workerCpuSeconds: after.worker - before.worker,
    controlCpuSeconds: after.control - before.control,
  };
}

function add(
  costs: Costs,
  { what, count, packets }: { what: string; count: number; packets: number },
  window: Window,
  before: Window,
): void {
  const cost = costs.get(what) ?? {
    count,
    seconds: 0,
    packets: 0,
    cpuSeconds: 0,
    controlCpuSeconds: 0,
    remarks: new Set<string>(),
  };
  costs.set(what, cost);
  const asMany = before.sent === 0 ? window.seconds / before.seconds : window.sent / before.sent;
  cost.seconds += window.seconds;
  cost.packets += packets;
  cost.cpuSeconds += window.workerCpuSeconds - before.workerCpuSeconds * asMany;
  cost.controlCpuSeconds += window.controlCpuSeconds;
  if (window.lost > 0) cost.remarks.add(`${window.lost} packets lost`);
  if (window.workerCpuSeconds > 0.9 * window.seconds) cost.remarks.add('its core is full');
}

async function withSubscribers(
  endpointsOf: (publisher: number) => Promise<Endpoint[]>,
  watch: (audience: Load) => Promise<Window>,
): Promise<Window> {
  const audience = await Load.start();
  try {
    for (let publisher = 0; publisher < PUBLISHERS; publisher += 1) {
      await audience.order({ kind: 'subscribe', endpoints: await endpointsOf(publisher), atOnce: JOINS_AT_ONCE });
    }
    return await watch(audience);
  } finally {
    await audience.order({ kind: 'stop' });
    audience.close();
  }
}

async function createStages({ client }: OurServer): Promise<string[]> {
  const stages = Array.from({ length: REPLICAS_EACH }, () => client.send(new CreateStageCommand({ name: 'bench' })));
  return (await Promise.all(stages)).map(({ stage }) => stage?.arn ?? '');
}

async function replicate({ client, stageArn, publisherIds }: OurServer, destinationStageArn: string): Promise<void> {
  for (const participantId of publisherIds) {
    const order = { sourceStageArn: stageArn, destinationStageArn, participantId };
    await client.send(new StartParticipantReplicationCommand(order));
  }
}

async function stopReplicas({ client, stageArn, publisherIds }: OurServer, destinationStageArn: string): Promise<void> {
  for (const participantId of publisherIds) {
    const order = { sourceStageArn: stageArn, destinationStageArn, participantId };
    await client.send(new StopParticipantReplicationCommand(order));
  }
}

function perPacketMicroseconds({ cpuSeconds, packets }: Cost): number {
  return (1e6 * cpuSeconds) / packets;
}

for (const bitrateBps of [500_000, 2_000_000]) {
  const costs: Costs = new Map();
  for (let round = 0; round < ROUNDS; round += 1) await measureRound(bitrateBps, costs);
  const reference = costs.get(REFERENCE);
  if (reference === undefined) throw new Error('nobody has subscribed');
  console.log(`${PUBLISHERS} publishers, 720p30 at ${bitrateBps / 1e6} Mbit/s without sound; ${ROUNDS} rounds`);
  console.table(
    Array.from(costs, ([what, cost]) => ({
      what,
      of: cost.count,
      'packets/s each': Math.round(cost.packets / cost.seconds / cost.count),
      'worker CPU % each': ((100 * cost.cpuSeconds) / cost.seconds / cost.count).toFixed(3),
      'CPU µs a packet': perPacketMicroseconds(cost).toFixed(1),
      ratio: (perPacketMicroseconds(cost) / perPacketMicroseconds(reference)).toFixed(2),
      'control CPU %': ((100 * cost.controlCpuSeconds) / cost.seconds).toFixed(1),
      remark: [...cost.remarks].join(', '),
    })),
  );
}
console.log(`Load average ${loadavg()[0]?.toFixed(1)}`);

/**
 * What a replica costs, beside an ordinary subscriber and an ordinary publisher of the same run.
 *
 *     node bench/replica.ts [--seconds 5]
 *
 * One worker has everything, so a replica's way in is counted as well as its way out. The figures are CPU time by /proc, each
 * less than what there was before it came; see bench/sfu.ts.
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
import type { Endpoint } from './sfu/orders.ts';
import { OurServer } from './sfu/targets.ts';
import { measureWindow, remark, type Window } from './sfu/window.ts';

const PUBLISHERS = 4;
/** The most that a participant may have. */
const REPLICAS_EACH = 5;
const REPLICAS = PUBLISHERS * REPLICAS_EACH;
const JOINS_AT_ONCE = 4;
const SETTLE_MS = 2_000;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } });
const durationMs = 1_000 * Number(values.seconds);
if (!(durationMs > 0)) throw new Error('--seconds is a number');

/** What there was, and what it was beside. */
interface Row {
  readonly what: string;
  readonly count: number;
  readonly window: Window;
  readonly before: Window;
  /** Packets that all of them carried. */
  readonly packets: number;
  readonly remark: string;
}

async function measure(bitrateBps: number): Promise<Row[]> {
  const server = await OurServer.start();
  const publishing = await Load.start();
  const watch = async (load: Load): Promise<Window> => {
    await load.order({ kind: 'measure', durationMs: SETTLE_MS });
    return measureWindow(load, server, durationMs);
  };
  try {
    const empty = await watch(publishing);
    const video = { ...VIDEO_DEFAULTS, bitrateBps };
    for (let index = 0; index < PUBLISHERS; index += 1) {
      await publishing.order({ kind: 'publish', endpoint: await server.publisher(), video });
    }
    const alone = await watch(publishing);
    const rows: Row[] = [row('publisher', PUBLISHERS, alone, empty, alone.sent)];

    const atSource = (publisher: number) => server.subscribers(publisher, REPLICAS_EACH);
    const subscribed = await withSubscribers(atSource, watch);
    rows.push(row('subscriber', REPLICAS, subscribed, alone, subscribed.received));

    const destinations = await createStages(server);
    for (const destination of destinations) await replicate(server, destination);
    const replicated = await watch(publishing);
    rows.push(row('replica that nobody receives', REPLICAS, replicated, alone, replicated.sent * REPLICAS_EACH));

    const ofReplica = (publisher: number) =>
      Promise.all(destinations.map(async (arn) => server.subscriber(publisher, await server.invite(arn))));
    const received = await withSubscribers(ofReplica, watch);
    rows.push(row('the only subscriber of a replica', REPLICAS, received, replicated, received.received));

    for (const destination of destinations) await stopReplicas(server, destination);
    const after = await watch(publishing);
    rows.push(row('what stays when they have ended', REPLICAS, after, alone, after.sent * REPLICAS_EACH));
    return rows;
  } finally {
    await publishing.order({ kind: 'stop' });
    publishing.close();
    await server.close();
  }
}

async function withSubscribers(
  endpointsOf: (publisher: number) => Promise<Endpoint[]>,
  watch: (load: Load) => Promise<Window>,
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

function row(what: string, count: number, window: Window, before: Window, packets: number): Row {
  const isReceived = window.received > 0;
  return { what, count, window, before, packets, remark: isReceived ? remark(window, packets) : '' };
}

/** Of the worker, for one of them. */
function shareOf({ window, before, count }: Row): number {
  return (window.workerCpuSeconds / window.seconds - before.workerCpuSeconds / before.seconds) / count;
}

function perPacketMicroseconds(one: Row): number {
  return (1e6 * shareOf(one) * one.count * one.window.seconds) / one.packets;
}

for (const bitrateBps of [500_000, 2_000_000]) {
  const rows = await measure(bitrateBps);
  const reference = rows.find(({ what }) => what === 'subscriber');
  if (reference === undefined) throw new Error('there is no row of subscribers');
  console.log(`${PUBLISHERS} publishers, 720p30 at ${bitrateBps / 1e6} Mbit/s without sound, one worker on one core`);
  console.table(
    rows.map((one) => ({
      what: one.what,
      of: one.count,
      'packets/s each': Math.round(one.packets / one.window.seconds / one.count),
      'worker CPU % each': (100 * shareOf(one)).toFixed(3),
      ratio: (shareOf(one) / shareOf(reference)).toFixed(2),
      'CPU µs a packet': perPacketMicroseconds(one).toFixed(1),
      'control CPU %': ((100 * one.window.controlCpuSeconds) / one.window.seconds).toFixed(1),
      remark: one.remark,
    })),
  );
}
console.log(`Load average ${loadavg()[0]?.toFixed(1)}`);

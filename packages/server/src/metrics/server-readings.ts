import type { Server } from 'node:http';
import { type Sfu, totalBps, type WorkerReading } from '@proscenium/media';
import type { Clock } from '../clock.ts';
import type { StageCompositions } from '../compositions/stage-compositions.ts';
import type { CompositionSupervisor } from '../compositions/supervisor.ts';
import type { TargetBacklog } from '../events/backlog.ts';
import type { EncoderDoor } from '../ingest-configurations/encoder-door.ts';
import type { Spool } from '../objects/spool.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { Replications } from '../replications/replications.ts';
import type { EventLoopReading } from './event-loop-window.ts';
import type { Labels, MetricDescription, MetricFamily, Sample } from './metric.ts';
import { serverMetrics } from './server-metrics.ts';
import type { StageSample } from './stage-sampler.ts';

/** What is looked at when somebody asks for metrics. */
export interface ServerParts {
  readonly clock: Clock;
  readonly sfu: Pick<Sfu, 'workerReadings'>;
  readonly workersConfigured: number;
  readonly backlogs: () => Promise<TargetBacklog[]>;
  readonly compositions: Pick<CompositionSupervisor, 'states'>;
  readonly composing: Pick<StageCompositions, 'cores'>;
  readonly replications: Pick<Replications, 'counts'>;
  readonly recordings: Pick<Recordings, 'states'>;
  readonly spool: Pick<Spool, 'bytes'>;
  readonly encoders: Pick<EncoderDoor, 'count'>;
  readonly server: Server;
}

/** What the server is and does at this moment. */
export async function readServer(
  parts: ServerParts,
  { eventLoop, writesPending, sample }: { eventLoop: EventLoopReading; writesPending: number; sample: StageSample },
): Promise<MetricFamily[]> {
  const [workers, backlogs, connections] = await Promise.all([
    parts.sfu.workerReadings(),
    parts.backlogs(),
    countConnections(parts.server),
  ]);
  return [
    ...workerFamilies(workers, parts.workersConfigured),
    ...stageTotals(sample),
    single(serverMetrics.httpConnections, connections),
    ...backlogFamilies(backlogs, parts.clock.now()),
    { metric: serverMetrics.compositions, samples: countStates(parts.compositions.states) },
    single(serverMetrics.compositionCores, parts.composing.cores),
    {
      metric: serverMetrics.replications,
      samples: Object.entries(parts.replications.counts).map(([state, value]) => ({ labels: { state }, value })),
    },
    { metric: serverMetrics.recordings, samples: countStates(parts.recordings.states) },
    single(serverMetrics.spoolBytes, parts.spool.bytes),
    {
      metric: serverMetrics.encoders,
      samples: INGEST_PROTOCOLS.map((protocol) => ({
        labels: { protocol },
        value: parts.encoders.count(protocol),
      })),
    },
    single(serverMetrics.databaseWritesPending, writesPending),
    ...processFamilies(eventLoop),
    single(serverMetrics.collectionDuration, sample.tookMs / 1_000),
  ];
}

function workerFamilies(workers: readonly WorkerReading[], configured: number): MetricFamily[] {
  const perWorker = (
    metric: MetricDescription,
    value: (worker: WorkerReading) => number | undefined,
  ): MetricFamily => ({
    metric,
    samples: workers.flatMap((worker) => sampleOf({ worker: String(worker.slot) }, value(worker))),
  });
  return [
    single(serverMetrics.mediaWorkers, workers.length),
    single(serverMetrics.mediaWorkersConfigured, configured),
    perWorker(serverMetrics.mediaWorkerCpu, ({ cpuSeconds }) => cpuSeconds),
    perWorker(serverMetrics.mediaWorkerMemory, ({ residentBytes }) => residentBytes),
    perWorker(serverMetrics.mediaWorkerConsumers, ({ consumers }) => consumers),
    perWorker(serverMetrics.mediaWorkerStages, ({ stages }) => stages),
  ];
}

function stageTotals({ stages }: StageSample): MetricFamily[] {
  const participants = stages.flatMap((stage) => stage.participants);
  const sentBps = participants.reduce((sum, { delivered }) => sum + (delivered ? totalBps(delivered) : 0), 0);
  const streams = participants.flatMap(({ published }) => published ?? []);
  return [
    single(serverMetrics.stages, stages.length),
    single(serverMetrics.participants, participants.length),
    single(serverMetrics.eventsSockets, participants.filter(({ hasSocket }) => hasSocket).length),
    single(serverMetrics.mediaIncoming, streams.reduce((sum, { bitrateBps = 0 }) => sum + bitrateBps, 0) / 8),
    single(serverMetrics.mediaOutgoing, sentBps / 8),
  ];
}

function backlogFamilies(backlogs: readonly TargetBacklog[], now: Date): MetricFamily[] {
  const perTarget = (metric: MetricDescription, value: (backlog: TargetBacklog) => number): MetricFamily => ({
    metric,
    samples: backlogs.map((backlog) => ({ labels: { target: backlog.target }, value: value(backlog) })),
  });
  const ageSeconds = (time: Date) => Math.max(0, now.getTime() - time.getTime()) / 1_000;
  return [
    perTarget(serverMetrics.outboxPending, ({ pending }) => pending),
    perTarget(serverMetrics.outboxOldestAge, ({ oldestTime }) => (oldestTime ? ageSeconds(oldestTime) : 0)),
    perTarget(serverMetrics.deadLetters, ({ deadLetters }) => deadLetters),
  ];
}

const INGEST_PROTOCOLS = ['RTMP', 'RTMPS'] as const;

/** Of those that have not ended: https://docs.aws.amazon.com/ivs/latest/RealTimeAPIReference/API_Composition.html */
const LIVING_STATES = ['STARTING', 'ACTIVE', 'STOPPING'];

function countStates(states: readonly (string | undefined)[]): Sample[] {
  const counts = new Map(LIVING_STATES.map((state) => [state, 0]));
  for (const state of states) if (state !== undefined) counts.set(state, (counts.get(state) ?? 0) + 1);
  return Array.from(counts, ([state, value]) => ({ labels: { state }, value }));
}

function processFamilies({ lagSeconds, utilization }: EventLoopReading): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return [
    single(serverMetrics.processCpu, (user + system) / 1e6),
    single(serverMetrics.processMemory, rss),
    single(serverMetrics.processHeap, heapUsed),
    single(serverMetrics.processStart, performance.timeOrigin / 1_000),
    {
      metric: serverMetrics.eventLoopLag,
      samples: Array.from(lagSeconds, ([percentile, value]) => ({ labels: { percentile: String(percentile) }, value })),
    },
    single(serverMetrics.eventLoopUtilization, utilization),
  ];
}

function single(metric: MetricDescription, value: number): MetricFamily {
  return { metric, samples: [{ labels: {}, value }] };
}

function sampleOf(labels: Labels, value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ labels, value }];
}

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

import { loadavg } from 'node:os';
import { VIDEO_DEFAULTS } from '@proscenium/load-test';
import { residentMb } from '../support/programs.ts';
import { startJanus } from './janus.ts';
import { Load } from './load.ts';
import type { Joined } from './orders.ts';
import { OurServer, startBareMediasoup, type Target } from './targets.ts';
import { measureWindow, remark, type Window } from './window.ts';

const CASES = [
  { bitrateBps: 500_000, steps: [50, 200, 400] },
  { bitrateBps: 2_000_000, steps: [50, 100, 200] },
];
const JOINS_AT_ONCE = 4;
const SETTLE_MS = 1_500;

/** In this order the first time, in the opposite one the second time: neither the first nor the last one is better off. */
const TARGETS = [startBareMediasoup, startJanus, OurServer.start];
const ROUNDS = [TARGETS, TARGETS.toReversed()];

/** What was measured at one step of one target in one round. */
interface Row {
  readonly target: string;
  readonly bitrateBps: number;
  readonly subscribers: number;
  readonly failed: number;
  readonly window: Window;
  readonly workerKb: number;
  readonly controlKb: number;
  readonly loadAverage: number;
}

/** One publisher, and more and more subscribers by POST. */
export async function measureForwarding(durationMs: number): Promise<void> {
  const table: object[] = [];
  for (const { bitrateBps, steps } of CASES) {
    const rounds: Row[][] = [];
    for (const starts of ROUNDS) rounds.push(await measureRound(starts, bitrateBps, steps, durationMs));
    table.push(...summarize(rounds));
  }
  console.log(
    `One publisher, 720p30 without sound; ${ROUNDS.length} rounds with ${durationMs / 1_000} s a row. "ratio" is packets per`,
  );
  console.log('CPU second beside bare mediasoup with as many subscribers. Memory is what each subscriber added.');
  console.table(table);
}

async function measureRound(
  starts: typeof TARGETS,
  bitrateBps: number,
  steps: readonly number[],
  durationMs: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const start of starts) {
    const target = await start();
    if (!target) continue;
    try {
      rows.push(...(await measureSteps(target, bitrateBps, steps, durationMs)));
    } finally {
      await target.close();
    }
  }
  return rows;
}

async function measureSteps(
  target: Target,
  bitrateBps: number,
  steps: readonly number[],
  durationMs: number,
): Promise<Row[]> {
  const load = await Load.start(target.enter);
  const rows: Row[] = [];
  try {
    const video = { ...VIDEO_DEFAULTS, bitrateBps };
    await load.order({ kind: 'publish', endpoint: await target.publisher(), video });
    await load.order({ kind: 'measure', durationMs: SETTLE_MS });
    const empty = memoryMb(target);
    let wished = 0;
    let failed = 0;
    for (const step of steps) {
      const endpoints = await target.subscribers(0, step - wished);
      const joined = await load.order<Joined>({ kind: 'subscribe', endpoints, atOnce: JOINS_AT_ONCE });
      wished = step;
      failed += joined.failed;
      const subscribers = wished - failed;
      await load.order({ kind: 'measure', durationMs: SETTLE_MS });
      const window = await measureWindow(load, target, durationMs);
      const full = memoryMb(target);
      rows.push({
        target: target.name,
        bitrateBps,
        subscribers: step,
        failed,
        window,
        workerKb: (1_000 * (full.worker - empty.worker)) / subscribers,
        controlKb: (1_000 * (full.control - empty.control)) / subscribers,
        loadAverage: loadavg()[0] ?? 0,
      });
    }
    await load.order({ kind: 'stop' });
  } finally {
    load.close();
  }
  return rows;
}

function memoryMb({ workerPid, controlPid }: Target): { worker: number; control: number } {
  return { worker: residentMb(workerPid), control: controlPid === undefined ? 0 : residentMb(controlPid) };
}

/** @param rounds with the same rows each, in whatever order */
function summarize(rounds: readonly (readonly Row[])[]): object[] {
  const [first = []] = rounds;
  return first.map(({ target, bitrateBps, subscribers }) => {
    const find = (rows: readonly Row[], name: string) =>
      rows.filter((row) => row.target === name && row.subscribers === subscribers);
    const rows = rounds.flatMap((round) => find(round, target));
    const references = rounds.flatMap((round) => find(round, 'bare mediasoup'));
    const there = (row: Row) => row.subscribers - row.failed;
    const seconds = sum(rows, ({ window }) => window.seconds);
    const mean = (figure: (row: Row) => number) => sum(rows, figure) / rows.length;
    return {
      'Mbit/s': bitrateBps / 1e6,
      subscribers,
      what: target,
      'packets/s': Math.round(sum(rows, ({ window }) => window.received) / seconds),
      'CPU % each': mean((row) => (100 * row.window.workerCpuSeconds) / row.window.seconds / there(row)).toFixed(3),
      'packets per CPU s': Math.round(packetsPerCpuSecond(rows)),
      ratio: (packetsPerCpuSecond(rows) / packetsPerCpuSecond(references)).toFixed(2),
      'of each round': rows.map((row, round) => ratio(row, references[round])).join(', '),
      'control CPU %': ((100 * sum(rows, ({ window }) => window.controlCpuSeconds)) / seconds).toFixed(1),
      'generator CPU %': Math.round((100 * sum(rows, ({ window }) => window.cpuSeconds)) / seconds),
      'worker kB': Math.round(mean(({ workerKb }) => workerKb)),
      'control kB': Math.round(mean(({ controlKb }) => controlKb)),
      load: mean(({ loadAverage }) => loadAverage).toFixed(1),
      remark: rows
        .flatMap((row) => [
          row.failed > 0 ? `${row.failed} joins failed` : '',
          remark(row.window, row.window.sent * there(row)),
        ])
        .filter((text) => text !== '')
        .join(', '),
    };
  });
}

function ratio(row: Row, reference: Row | undefined): string {
  return reference ? (packetsPerCpuSecond([row]) / packetsPerCpuSecond([reference])).toFixed(2) : '';
}

function packetsPerCpuSecond(rows: readonly Row[]): number {
  return sum(rows, ({ window }) => window.received) / sum(rows, ({ window }) => window.workerCpuSeconds);
}

function sum(rows: readonly Row[], figure: (row: Row) => number): number {
  return rows.reduce((total, row) => total + figure(row), 0);
}

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
  const rows: Row[] = [];
  for (const { bitrateBps, steps } of CASES) {
    for (const start of [startBareMediasoup, startJanus, OurServer.start]) {
      const target = await start();
      if (!target) continue;
      rows.push(...(await measureSteps(target, bitrateBps, steps, durationMs)));
      await target.close();
    }
  }
  print(rows, durationMs);
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

function print(rows: readonly Row[], durationMs: number): void {
  console.log(
    `One publisher, 720p30 without sound; ${durationMs / 1_000} s a row. "ratio" is packets per CPU second beside`,
  );
  console.log('bare mediasoup with as many subscribers. Memory is what each subscriber added.');
  const perCpuSecond = ({ window }: Row) => window.received / window.workerCpuSeconds;
  console.table(
    rows.map((row) => {
      const { target, bitrateBps, subscribers, failed, window, workerKb, controlKb, loadAverage } = row;
      const there = subscribers - failed;
      const reference = rows.find(
        (other) =>
          other.target === 'bare mediasoup' && other.bitrateBps === bitrateBps && other.subscribers === subscribers,
      );
      return {
        'Mbit/s': bitrateBps / 1e6,
        subscribers,
        what: target,
        'packets/s': Math.round(window.received / window.seconds),
        'CPU % each': ((100 * window.workerCpuSeconds) / window.seconds / there).toFixed(3),
        'packets per CPU s': Math.round(perCpuSecond(row)),
        ratio: reference ? (perCpuSecond(row) / perCpuSecond(reference)).toFixed(2) : '',
        'control CPU %': ((100 * window.controlCpuSeconds) / window.seconds).toFixed(1),
        'generator CPU %': Math.round((100 * window.cpuSeconds) / window.seconds),
        'worker kB': Math.round(workerKb),
        'control kB': Math.round(controlKb),
        load: loadAverage.toFixed(1),
        remark: [...(failed > 0 ? [`${failed} joins failed`] : []), remark(window, window.sent * there)].join(', '),
      };
    }),
  );
}

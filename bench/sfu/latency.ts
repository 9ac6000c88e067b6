import { percentile, VIDEO_DEFAULTS } from '@proscenium/load-test';
import { startJanus } from './janus.ts';
import { Load } from './load.ts';
import { OurServer, startBareMediasoup, startEcho, type Target } from './targets.ts';
import { measureWindow, remark } from './window.ts';

const VIDEO = { ...VIDEO_DEFAULTS, bitrateBps: 500_000 };
const SUBSCRIBERS = 20;
const JOINS_AT_ONCE = 4;
const SETTLE_MS = 1_500;
/** Few pictures are looked at, so this takes longer than other measurements. */
const LONGER = 2;

/** From a publisher to a subscriber: both are in one process, so both ends have one clock. */
export async function measureLatency(durationMs: number): Promise<void> {
  const rows: { what: string; latenciesMs: readonly number[]; remark: string }[] = [];
  const echo = await startEcho();
  const load = await Load.start();
  const latenciesMs = await load.order<number[]>({ kind: 'echo', port: echo.port, durationMs });
  rows.push({ what: 'a bare UDP echo', latenciesMs, remark: '' });
  load.close();
  echo.close();
  for (const start of [startBareMediasoup, startJanus, OurServer.start]) {
    const target = await start();
    if (!target) continue;
    rows.push({ what: target.name, ...(await measureTarget(target, LONGER * durationMs)) });
    await target.close();
  }
  console.log(`One publisher at 500 kbit/s, ${SUBSCRIBERS} subscribers`);
  console.table(
    rows.map((row) => ({
      what: row.what,
      samples: row.latenciesMs.length,
      'p50 ms': percentile(row.latenciesMs, 0.5).toFixed(2),
      'p99 ms': percentile(row.latenciesMs, 0.99).toFixed(2),
      'p50 above the echo': (percentile(row.latenciesMs, 0.5) - percentile(latenciesMs, 0.5)).toFixed(2),
      'p99 above the echo': (percentile(row.latenciesMs, 0.99) - percentile(latenciesMs, 0.99)).toFixed(2),
      remark: row.remark,
    })),
  );
}

async function measureTarget(target: Target, durationMs: number) {
  const load = await Load.start(target.enter);
  try {
    await load.order({ kind: 'publish', endpoint: await target.publisher(), video: VIDEO });
    await load.order({ kind: 'measure', durationMs: SETTLE_MS });
    const endpoints = await target.subscribers(0, SUBSCRIBERS);
    await load.order({ kind: 'subscribe', endpoints, atOnce: JOINS_AT_ONCE });
    await load.order({ kind: 'measure', durationMs: SETTLE_MS });
    const window = await measureWindow(load, target, durationMs);
    await load.order({ kind: 'stop' });
    return { latenciesMs: window.latenciesMs, remark: remark(window, window.sent * SUBSCRIBERS) };
  } finally {
    load.close();
  }
}

import { percentile, VIDEO_DEFAULTS } from '@proscenium/load-test';
import { Load } from './load.ts';
import type { Joined } from './orders.ts';
import { OurServer, startBareMediasoup, type Target } from './targets.ts';
import { targetCpuSeconds } from './window.ts';

const VIDEO = { ...VIDEO_DEFAULTS, bitrateBps: 500_000 };
const ONE_BY_ONE = 20;
const TOGETHER = 100;
const AT_ONCE = 16;
const SETTLE_MS = 1_500;

interface Row {
  readonly what: string;
  readonly single: Joined;
  readonly many: Joined;
  readonly controlCpuSeconds: number;
  readonly workerCpuSeconds: number;
}

/** How long a subscriber waits, and how many can come in a second. */
export async function measureJoins(): Promise<void> {
  const rows: Row[] = [];
  for (const start of [startBareMediasoup, OurServer.start]) {
    const target = await start();
    rows.push(await measureTarget(target));
    await target.close();
  }
  const spread = (values: readonly number[]) => `${format(values, 0.5)} / ${format(values, 0.99)}`;
  const format = (values: readonly number[], part: number) => percentile(values, part).toFixed(0);
  console.log(`From the POST on, ${ONE_BY_ONE} one by one, in ms (p50 / p99); then ${TOGETHER}, ${AT_ONCE} at a time`);
  console.table(
    rows.map(({ what, single, many, controlCpuSeconds, workerCpuSeconds }) => ({
      what,
      'first packet': spread(single.firstPacketMs),
      'first whole key frame': spread(single.firstKeyFrameMs),
      'joins per second': (TOGETHER / many.seconds).toFixed(0),
      'control CPU ms a join': ((1_000 * controlCpuSeconds) / TOGETHER).toFixed(1),
      'worker CPU ms a join': ((1_000 * workerCpuSeconds) / TOGETHER).toFixed(1),
      'generator CPU ms a join': ((1_000 * many.cpuSeconds) / TOGETHER).toFixed(1),
      remark: many.cpuSeconds > 0.9 * many.seconds ? "the generator's core is full" : '',
    })),
  );
}

async function measureTarget(target: Target): Promise<Row> {
  const load = await Load.start();
  try {
    await load.order({ kind: 'publish', endpoint: await target.publisher(), video: VIDEO });
    await load.order({ kind: 'measure', durationMs: SETTLE_MS });
    const single = await load.order<Joined>({
      kind: 'subscribe',
      endpoints: await target.subscribers(0, ONE_BY_ONE),
      atOnce: 1,
    });
    const endpoints = await target.subscribers(0, TOGETHER);
    const before = targetCpuSeconds(target);
    const many = await load.order<Joined>({ kind: 'subscribe', endpoints, atOnce: AT_ONCE });
    const after = targetCpuSeconds(target);
    const row = {
      what: target.name,
      single,
      many,
      controlCpuSeconds: after.control - before.control,
      workerCpuSeconds: after.worker - before.worker,
    };
    await load.order({ kind: 'stop' });
    return row;
  } finally {
    load.close();
  }
}

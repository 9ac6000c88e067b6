import { VIDEO_DEFAULTS } from '@proscenium/load-test';
import { Load } from './load.ts';
import { OurServer, startBareMediasoup, type Target } from './targets.ts';
import { measureWindow, remark, type Window } from './window.ts';

const PARTICIPANTS = 6;
const VIDEO = { ...VIDEO_DEFAULTS, bitrateBps: 500_000 };
const SETTLE_MS = 1_500;
const JOINS_AT_ONCE = 4;

/** Six who publish and see the five others. */
export async function measureConversation(durationMs: number): Promise<void> {
  const rows: { what: string; window: Window }[] = [];
  const bare = await startBareMediasoup();
  rows.push({ what: 'bare mediasoup', window: await converse(bare, durationMs, subscribeByPosts) });
  const posting = await OurServer.start();
  rows.push({ what: 'by POST, delivery routers', window: await converse(posting, durationMs, subscribeByPosts) });
  const offering = await OurServer.start();
  const bySocket = (load: Load) => subscribeBySockets(load, offering);
  rows.push({ what: 'server offers, with estimate', window: await converse(offering, durationMs, bySocket) });

  const [reference] = rows;
  const perCpuSecond = (window: Window) => window.received / window.workerCpuSeconds;
  console.log(`${PARTICIPANTS} publishers at 500 kbit/s, each seen by the ${PARTICIPANTS - 1} others`);
  console.table(
    rows.map(({ what, window }) => ({
      what,
      'packets/s out': Math.round(window.received / window.seconds),
      'worker CPU %': ((100 * window.workerCpuSeconds) / window.seconds).toFixed(1),
      'packets per CPU s': Math.round(perCpuSecond(window)),
      ratio: reference ? (perCpuSecond(window) / perCpuSecond(reference.window)).toFixed(2) : '',
      'control CPU %': ((100 * window.controlCpuSeconds) / window.seconds).toFixed(1),
      remark: remark(window, window.sent * (PARTICIPANTS - 1)),
    })),
  );
}

async function converse(
  target: Target,
  durationMs: number,
  subscribe: (load: Load, target: Target) => Promise<void>,
): Promise<Window> {
  const load = await Load.start();
  try {
    for (let index = 0; index < PARTICIPANTS; index += 1) {
      await load.order({ kind: 'publish', endpoint: await target.publisher(), video: VIDEO });
    }
    await load.order({ kind: 'measure', durationMs: SETTLE_MS });
    await subscribe(load, target);
    await load.order({ kind: 'measure', durationMs: SETTLE_MS });
    const window = await measureWindow(load, target, durationMs);
    await load.order({ kind: 'stop' });
    return window;
  } finally {
    load.close();
    await target.close();
  }
}

async function subscribeByPosts(load: Load, target: Target): Promise<void> {
  for (let publisher = 0; publisher < PARTICIPANTS; publisher += 1) {
    const endpoints = await target.subscribers(publisher, PARTICIPANTS - 1);
    await load.order({ kind: 'subscribe', endpoints, atOnce: JOINS_AT_ONCE });
  }
}

async function subscribeBySockets(load: Load, { publisherTokens, publisherIds }: OurServer): Promise<void> {
  await load.order({ kind: 'join', tokens: publisherTokens, publisherIds, atOnce: 1 });
}

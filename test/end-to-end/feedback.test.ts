import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { chromiumMissing, launchChromium } from '../support/chromium.ts';
import { startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import type { StagePage } from '../support/stage-page.ts';
import { until } from '../support/until.ts';

const limitBps = 150_000;
/** The time over which a server measures. */
const measuredSeconds = 10;
const guardMs = 120_000;

/** What a page sends, on average, while it sends so many bytes. */
async function rateOver(page: StagePage, bytes: number): Promise<number> {
  const [before, startedMs] = [await page.sentBytes(), performance.now()];
  const after = await until(
    () => page.sentBytes(),
    (now) => now >= before + bytes,
    guardMs,
  );
  return (8_000 * (after - before)) / (performance.now() - startedMs);
}

/** What a page sends that publishes by the web client, once its rate is accepted, and what stands among its events. */
async function publish(t: TestContext, env: Record<string, string>, accept: (sentBps: number) => boolean) {
  const server = await startServer({ env });
  t.after(() => server.stop());
  const chromium = await launchChromium();
  t.after(() => chromium.close());
  const stage = await TestStage.create(server, ['host']);
  const { token, participantId } = stage.invited('host');
  const page = await chromium.openPage();
  await page.stage.joinStage(token, { subscribe: false });
  const sessionId = await stage.untilSession();
  await stage.untilEvent(sessionId, participantId, 'PUBLISH_STARTED');
  await until(() => rateOver(page.stage, limitBps / 8), accept, guardMs);
  // Below the limit this takes longer than the server measures.
  const sentBps = await rateOver(page.stage, (measuredSeconds * limitBps) / 8);
  const events = await stage.events(sessionId, participantId);
  await page.close();
  return { sentBps, events: events.map(({ name }) => name) };
}

test('a browser is slowed by feedback below the limit, and goes on', { skip: chromiumMissing() }, async (t) => {
  const [free, slowed] = await Promise.all([
    publish(t, {}, (sentBps) => sentBps > 1.1 * limitBps),
    publish(t, { PROSCENIUM_QUOTAS_PUBLISH_BITRATE_BPS: String(limitBps) }, (sentBps) => sentBps < limitBps),
  ]);
  t.diagnostic(JSON.stringify({ free, slowed }));
  assert.ok(free.sentBps > 1.1 * limitBps, `${free.sentBps} bit/s without a limit`);
  assert.ok(slowed.sentBps < limitBps, `${slowed.sentBps} bit/s with one`);
  assert.deepEqual(slowed.events, ['JOINED', 'PUBLISH_STARTED']);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { chromiumMissing, launchChromium } from '../support/chromium.ts';
import { startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

/** Longer than the ten seconds over which a server measures, twice. */
const measuredMs = 20_000;
const limitBps = 150_000;

/** What a page sends that publishes by the web client, and what stands among its events. */
async function publish(t: TestContext, env: Record<string, string>) {
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
  await wait(5_000);
  const [bytes, startedMs] = [await page.stage.sentBytes(), performance.now()];
  await wait(measuredMs);
  const sentBps = (8_000 * ((await page.stage.sentBytes()) - bytes)) / (performance.now() - startedMs);
  const events = await stage.events(sessionId, participantId);
  await page.close();
  return { sentBps, events: events.map(({ name }) => name) };
}

test('a browser is slowed by feedback below the limit, and goes on', { skip: chromiumMissing() }, async (t) => {
  const [free, slowed] = await Promise.all([
    publish(t, {}),
    publish(t, { PROSCENIUM_QUOTAS_PUBLISH_BITRATE_BPS: String(limitBps) }),
  ]);
  t.diagnostic(JSON.stringify({ free, slowed }));
  assert.ok(free.sentBps > 1.1 * limitBps, `${free.sentBps} bit/s without a limit`);
  assert.ok(slowed.sentBps < limitBps, `${slowed.sentBps} bit/s with one`);
  assert.deepEqual(slowed.events, ['JOINED', 'PUBLISH_STARTED']);
});

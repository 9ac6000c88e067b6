import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type Firefox, firefoxMissing, launchFirefox } from '../support/firefox.ts';
import { createNamespace, type NetworkNamespace, netnsMissing } from '../support/netns.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

/** The best `NetworkQuality`. */
const EXCELLENT = 4;

// Firefox takes no loopback addresses for media, so it runs in a network of its own. Debian's has no H.264.
describe('Firefox', { skip: netnsMissing() || firefoxMissing() || chromiumMissing() }, () => {
  let network: NetworkNamespace;
  let server: ServerProcess;
  let chromium: Chromium;
  let firefox: Firefox;

  before(async () => {
    network = createNamespace();
    server = await startServer({ host: network.hostAddress });
    chromium = await launchChromium();
    firefox = await launchFirefox(network);
  });
  after(async () => {
    await firefox?.close();
    await chromium?.close();
    await server?.stop();
    network?.remove();
  });

  /** A stage in which a page of Chromium publishes as the host, with room for a viewer. */
  async function publishFromChromium(t: TestContext, videoCodec = 'video/VP8') {
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
    const page = await chromium.openPage();
    t.after(() => page.close());
    await page.stage.postPublish(stage.whipUrl, host.token, { videoCodec });
    return { stage, host, viewer, hostStage: page.stage };
  }

  test('receives VP8 and Opus that it subscribed to by POST', async (t) => {
    const { stage, host, viewer } = await publishFromChromium(t);
    const sessionId = await stage.activeSessionId();
    await stage.untilEvent(sessionId, host.participantId, 'PUBLISH_STARTED');

    const page = await firefox.openPage(t);
    const { location } = await page.postSubscribe(stage.subscribeUrl(host.participantId), viewer.token);
    const { framesDecoded } = await page.waitForFrames(location, 30);
    assert.ok(framesDecoded >= 30);
    const { heard, peaksHz } = await page.hearTone(location, { seconds: 2 });
    assert.ok(heard, `peaks at ${peaksHz} Hz`);
    const { browserName } = await stage.participant(sessionId, viewer.participantId);
    assert.equal(browserName, 'Firefox');
  });

  for (const offered of [true, false]) {
    const where = offered ? '' : ' where the server does not offer';

    test(`receives VP8 and Opus by the web client${where}`, async (t) => {
      const { host, viewer } = await publishFromChromium(t);

      const page = await firefox.openPage(t);
      await page.joinStage(viewer.token, { publish: false, offered });
      await page.waitForFrames(host.participantId, 30);
      const { heard, peaksHz } = await page.hearTone(host.participantId, { seconds: 2 });
      assert.ok(heard, `peaks at ${peaksHz} Hz`);
    });

    test(`tells by the web client that it lacks H.264${where}`, async (t) => {
      const { host, viewer } = await publishFromChromium(t, 'video/H264');

      const page = await firefox.openPage(t);
      await page.joinStage(viewer.token, { publish: false, offered });
      const { detail } = await page.waitForEvent({ name: 'error' });
      assert.match(detail ?? '', /^7 /);
      const { heard, peaksHz } = await page.hearTone(host.participantId, { seconds: 2 });
      assert.ok(heard, `peaks at ${peaksHz} Hz`);
    });
  }

  test('tells by the web client how well both ways go', async (t) => {
    const { host, viewer: guest } = await publishFromChromium(t);

    const page = await firefox.openPage(t);
    await page.joinStage(guest.token);
    await page.waitForFrames(host.participantId, 30);
    for (const kind of ['audio', 'video'] as const) {
      for (const source of ['local', host.participantId]) {
        const [stats] = await until(
          () => page.qualityStats(source, kind),
          ([entry]) => (entry?.bytesSent ?? entry?.bytesReceived ?? 0) > 5_000 && entry?.networkQuality === EXCELLENT,
        );
        t.diagnostic(`${source} ${kind} ${JSON.stringify(stats)}`);
      }
    }
  });

  test('sends no messages inside VP8 by the web client, and says so', async (t) => {
    const { stage, host, viewer: guest, hostStage } = await publishFromChromium(t);

    // Both ways go through the worker that would read and write messages.
    const page = await firefox.openPage(t);
    await page.joinStage(guest.token, { messages: true });
    await page.waitForFrames(host.participantId, 30);
    await page.waitForEvent({ name: 'stageParticipantPublishStateChanged', detail: 'published' });
    assert.match(await page.insertMessage('hello'), /^StageError: .* lacks a codec .* video\/VP8$/);
    const { location } = await hostStage.postSubscribe(stage.subscribeUrl(guest.participantId), host.token);
    await hostStage.waitForFrames(location, 30);
  });

  test('publishes VP8 and Opus by the web client', async (t) => {
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
    const page = await firefox.openPage(t);
    await page.joinStage(host.token);

    const viewerPage = await chromium.openPage();
    t.after(() => viewerPage.close());
    await viewerPage.stage.joinStage(viewer.token, { publish: false });
    await viewerPage.stage.waitForFrames(host.participantId, 10);
    const { heard, peaksHz } = await viewerPage.stage.hearTone(host.participantId, { seconds: 2 });
    assert.ok(heard, `peaks at ${peaksHz} Hz`);
  });

  test('publishes in layers by the web client', async (t) => {
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
    const page = await firefox.openPage(t);
    await page.joinStage(host.token, { subscribe: false, simulcast: true });

    const viewerPage = await chromium.openPage();
    t.after(() => viewerPage.close());
    await viewerPage.stage.joinStage(viewer.token, { publish: false });
    await viewerPage.stage.waitForFrames(host.participantId, 30);
    await until(
      () => page.sentLayers(),
      (layers) =>
        layers
          .map(({ rid }) => rid)
          .sort()
          .join() === 'hi,low',
    );
  });

  test('is told by the web client of the video that it cannot decode, and goes on receiving the others', async (t) => {
    const stage = await TestStage.create(server, ['first', 'other', 'viewer']);
    const [first, other, viewer] = [stage.invited('first'), stage.invited('other'), stage.invited('viewer')];
    const [firstPage, otherPage] = [await chromium.openPage(), await chromium.openPage()];
    t.after(() => Promise.all([firstPage.close(), otherPage.close()]));
    await firstPage.stage.postPublish(stage.whipUrl, first.token, { videoCodec: 'video/VP8' });

    const page = await firefox.openPage(t);
    await page.joinStage(viewer.token);
    await page.waitForFrames(first.participantId, 10);
    await otherPage.stage.postPublish(stage.whipUrl, other.token, { videoCodec: 'video/H264' });

    const error = await page.waitForEvent({ name: 'error', category: 'SUBSCRIBE_ERROR' });
    assert.match(error.detail ?? '', /^7 /);
    const state = { name: 'stageParticipantSubscribeStateChanged', detail: 'errored' };
    assert.equal((await page.waitForEvent(state)).participantId, other.participantId);
    await page.waitForFrames(first.participantId, 10);
  });
});

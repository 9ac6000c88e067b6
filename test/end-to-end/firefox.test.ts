import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
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

  test('receives VP8 and Opus that it subscribed to by POST', async (t) => {
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
    const hostPage = await chromium.openPage();
    t.after(() => hostPage.close());
    await hostPage.stage.postPublish(stage.whipUrl, host.token, { videoCodec: 'video/VP8' });
    const sessionId = await stage.activeSessionId();
    await stage.untilEvent(sessionId, host.participantId, 'PUBLISH_STARTED');

    const page = await firefox.openPage();
    const { location } = await page.postSubscribe(stage.subscribeUrl(host.participantId), viewer.token);
    const { framesDecoded } = await page.waitForFrames(location, 100);
    assert.ok(framesDecoded >= 100);
    const { heard, peaksHz } = await page.hearTone(location);
    assert.ok(heard, `peaks at ${peaksHz} Hz`);
    const { browserName } = await stage.participant(sessionId, viewer.participantId);
    assert.equal(browserName, 'Firefox');
  });

  for (const offered of [true, false]) {
    const where = offered ? '' : ' where the server does not offer';

    test(`receives VP8 and Opus by the web client${where}`, async (t) => {
      const stage = await TestStage.create(server, ['host', 'viewer']);
      const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
      const hostPage = await chromium.openPage();
      t.after(() => hostPage.close());
      await hostPage.stage.postPublish(stage.whipUrl, host.token, { videoCodec: 'video/VP8' });

      const page = await firefox.openPage();
      await page.joinStage(viewer.token, { publish: false, offered });
      await page.waitForFrames(host.participantId, 100);
      const { heard, peaksHz } = await page.hearTone(host.participantId);
      assert.ok(heard, `peaks at ${peaksHz} Hz`);
    });

    test(`tells by the web client that it lacks H.264${where}`, async (t) => {
      const stage = await TestStage.create(server, ['host', 'viewer']);
      const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
      const hostPage = await chromium.openPage();
      t.after(() => hostPage.close());
      await hostPage.stage.postPublish(stage.whipUrl, host.token, { videoCodec: 'video/H264' });

      const page = await firefox.openPage();
      await page.joinStage(viewer.token, { publish: false, offered });
      const { detail } = await page.waitForEvent({ name: 'error' });
      assert.match(detail ?? '', /^7 /);
      const { heard, peaksHz } = await page.hearTone(host.participantId);
      assert.ok(heard, `peaks at ${peaksHz} Hz`);
    });
  }

  test('tells by the web client how well both ways go', async (t) => {
    const stage = await TestStage.create(server, ['host', 'guest']);
    const [host, guest] = [stage.invited('host'), stage.invited('guest')];
    const hostPage = await chromium.openPage();
    t.after(() => hostPage.close());
    await hostPage.stage.postPublish(stage.whipUrl, host.token, { videoCodec: 'video/VP8' });

    const page = await firefox.openPage();
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
});

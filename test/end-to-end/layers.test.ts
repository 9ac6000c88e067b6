import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startShapedRelay } from '../../packages/media/src/sfu/shaped-relay.fixture.ts';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import type { SentLayer } from '../support/stage-page.ts';
import { until } from '../support/until.ts';

describe('a page that publishes in layers by the web client', { skip: chromiumMissing() }, () => {
  let server: ServerProcess;
  let chromium: Chromium;

  before(async () => {
    server = await startServer();
    chromium = await launchChromium();
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
  });

  test('sends the upper ones while somebody may receive them, and tells their layers to who does', async (t) => {
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
    const [hostPage, viewerPage] = [await chromium.openPage(), await chromium.openPage()];
    t.after(() => Promise.all([hostPage.close(), viewerPage.close()]));
    const active = (layers: SentLayer[]) => layers.filter((layer) => layer.active).map(({ rid }) => rid);
    const sending = (...rids: string[]) =>
      until(
        () => hostPage.stage.sentLayers(),
        (layers) => active(layers).sort().join() === rids.sort().join(),
      );
    const bytes = (layers: SentLayer[], rid: string) => layers.find((layer) => layer.rid === rid)?.bytesSent ?? 0;

    await hostPage.stage.joinStage(host.token, { subscribe: false, simulcast: true });
    await sending('low', 'hi');
    const alone = await sending('low');

    // What nobody receives is not sent, while the lowest layer goes on.
    const later = await until(
      () => hostPage.stage.sentLayers(),
      (layers) => bytes(layers, 'low') > bytes(alone, 'low') + 20_000,
    );
    assert.equal(bytes(later, 'hi'), bytes(alone, 'hi'));

    await viewerPage.stage.joinStage(viewer.token, { publish: false });
    await sending('low', 'hi');
    await viewerPage.stage.waitForFrames(host.participantId, 10);
    await viewerPage.stage.waitForEvent({ name: 'stageStreamLayersChanged', participantId: host.participantId });
    await viewerPage.stage.waitForEvent({ name: 'stageStreamLayerSelected', participantId: host.participantId });

    await viewerPage.stage.leaveStage();
    await sending('low');
  });

  test('is received as its viewer wishes: from the highest layer on, in the one he prefers, and freely again', async (t) => {
    const stage = await TestStage.create(server, ['host', 'other', 'viewer']);
    const [host, other, viewer] = [stage.invited('host'), stage.invited('other'), stage.invited('viewer')];
    const [hostPage, otherPage] = [await chromium.openPage(), await chromium.openPage()];
    const viewerPage = await chromium.openPage();
    t.after(() => Promise.all([hostPage.close(), otherPage.close(), viewerPage.close()]));
    const { participantId } = host;
    const decodes = (width: number) =>
      until(
        () => viewerPage.stage.received(participantId, 'video'),
        ({ frameWidth }) => frameWidth === width,
      );
    const told = async (name: string, afterMs = 0) =>
      (await viewerPage.stage.waitForEvent({ name, participantId, afterMs })).detail;

    await hostPage.stage.joinStage(host.token, { subscribe: false, simulcast: true });
    // The highest layer is sent from when somebody may receive it on.
    await otherPage.stage.joinStage(other.token, { publish: false });
    await otherPage.stage.waitForEvent({ name: 'stageStreamLayerSelected', participantId, detail: 'hi BANDWIDTH' });

    await viewerPage.stage.joinStage(viewer.token, { publish: false, initialLayer: 'highest_quality' });
    assert.equal(await told('stageStreamLayerSelected'), 'hi BANDWIDTH');
    await decodes(640);

    const preferredMs = Date.now();
    await viewerPage.stage.preferLayer('low');
    assert.equal(await told('stageStreamLayerSelected', preferredMs), 'low PREFERENCE');
    assert.equal(await told('stageStreamAdaptionChanged', preferredMs), 'false');
    await decodes(320);

    const freedMs = Date.now();
    await viewerPage.stage.preferLayer(undefined);
    assert.equal(await told('stageStreamAdaptionChanged', freedMs), 'true');
    assert.equal(await told('stageStreamLayerSelected', freedMs), 'hi BANDWIDTH');
    await decodes(640);
  });

  test('is received in the layer that a narrow, slow and lossy way carries, and climbs when it widens', async (t) => {
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
    const mediaPort = server.announcement.media.ports.find(({ protocol }) => protocol === 'udp')?.port ?? 0;
    const relay = await startShapedRelay(mediaPort);
    t.after(() => relay.close());
    const hostPage = await chromium.openPage();
    const viewerPage = await chromium.openPage({ mediaPort: relay.port });
    t.after(() => Promise.all([hostPage.close(), viewerPage.close()]));
    /** Waits until the viewer is told of the layer, and decodes it. */
    const receives = async (label: string, width: number, afterMs: number) => {
      const name = 'stageStreamLayerSelected';
      const match = { name, participantId: host.participantId, detail: `${label} BANDWIDTH`, afterMs };
      const { atMs } = await viewerPage.stage.waitForEvent(match);
      t.diagnostic(`${label} after ${atMs - afterMs} ms`);
      await until(
        () => viewerPage.stage.received(host.participantId, 'video'),
        ({ frameWidth }) => frameWidth === width,
      );
      await viewerPage.stage.waitForFrames(host.participantId, 30);
    };

    const startedMs = Date.now();
    Object.assign(relay, { delayMs: 20, jitterMs: 5, loss: 0.01 });
    await hostPage.stage.joinStage(host.token, { subscribe: false, simulcast: true });
    await viewerPage.stage.joinStage(viewer.token, { publish: false });
    await receives('hi', 640, startedMs);

    const narrowedMs = Date.now();
    relay.rateBps = 350_000; // the lower layer has some 150 kbit/s, the upper one 500
    await receives('low', 320, narrowedMs);

    const widenedMs = Date.now();
    relay.rateBps = Infinity;
    await receives('hi', 640, widenedMs);
    const failures = (await viewerPage.stage.events()).filter(({ detail }) => detail === 'errored');
    assert.deepEqual(failures, []);
  });
});

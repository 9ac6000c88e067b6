import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startShapedRelay } from '../../packages/media/src/sfu/shaped-relay.fixture.ts';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const qualities = ['DOWN', 'POOR', 'NORMAL', 'GOOD', 'EXCELLENT'];

describe('the quality statistics of the web client', { skip: chromiumMissing() }, () => {
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

  test('have an entry for each layer of a local video', async (t) => {
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
    const [hostPage, viewerPage] = [await chromium.openPage(), await chromium.openPage()];
    t.after(() => Promise.all([hostPage.close(), viewerPage.close()]));
    await hostPage.stage.joinStage(host.token, { subscribe: false, simulcast: true });
    await viewerPage.stage.joinStage(viewer.token, { publish: false });
    const layers = await until(
      () => hostPage.stage.qualityStats('local', 'video'),
      (entries) => entries.length === 2 && entries.every(({ active, bytesSent = 0 }) => active && bytesSent > 50_000),
    );
    assert.deepEqual(
      layers.map(({ rid, frameWidth }) => [rid, frameWidth]),
      [
        ['low', 320],
        ['hi', 640],
      ],
    );
    assert.equal((await hostPage.stage.qualityStats('local', 'audio')).length, 1);
    assert.equal((await viewerPage.stage.qualityStats(host.participantId, 'video')).length, 1);

    await viewerPage.stage.leaveStage();
    const alone = await until(
      () => hostPage.stage.qualityStats('local', 'video'),
      ([low, hi]) => low?.active === true && hi?.active === false,
    );
    // What is held back is no fault of the network.
    assert.ok(alone.every(({ networkQuality }) => networkQuality > 0));
  });

  test('tell how good the way is, whose loss and delay change', async (t) => {
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
    const mediaPort = server.announcement.media.ports.find(({ protocol }) => protocol === 'udp')?.port ?? 0;
    const [upward, downward] = [await startShapedRelay(mediaPort), await startShapedRelay(mediaPort)];
    const hostPage = await chromium.openPage({ mediaPort: upward.port });
    const viewerPage = await chromium.openPage({ mediaPort: downward.port });
    t.after(async () => {
      await Promise.all([hostPage.close(), viewerPage.close()]);
      upward.close();
      downward.close();
    });
    await hostPage.stage.joinStage(host.token, { subscribe: false });
    await viewerPage.stage.joinStage(viewer.token, { publish: false });
    const sent = (kind: 'audio' | 'video') => () => hostPage.stage.qualityStats('local', kind);
    const received = (kind: 'audio' | 'video') => () => viewerPage.stage.qualityStats(host.participantId, kind);
    const become = async (wanted: string, asked: ReturnType<typeof sent>[]) => {
      const startedMs = Date.now();
      for (const ask of asked) {
        const [stats] = await until(ask, ([entry]) => qualities[entry?.networkQuality ?? -1] === wanted);
        const { packetsLost, roundTripTime } = stats ?? {};
        t.diagnostic(
          `${wanted} after ${Date.now() - startedMs} ms, round trip ${roundTripTime} s, lost ${packetsLost}`,
        );
      }
    };
    const all = [sent('audio'), sent('video'), received('audio'), received('video')];

    await become('EXCELLENT', all);
    for (const [delayMs, wanted] of [
      [150, 'GOOD'],
      [300, 'NORMAL'],
      [500, 'POOR'],
    ] as const) {
      for (const relay of [upward, downward]) relay.delayMs = delayMs;
      await become(wanted, all);
    }
    for (const relay of [upward, downward]) relay.delayMs = 0;
    await become('EXCELLENT', all);

    downward.loss = 0.05;
    await become('NORMAL', [received('audio')]);
    downward.loss = 0.25;
    await become('POOR', [received('audio')]);

    for (const relay of [upward, downward]) relay.loss = 1;
    await become('DOWN', all);
    for (const relay of [upward, downward]) relay.loss = 0;
    await become('EXCELLENT', all);
  });
});

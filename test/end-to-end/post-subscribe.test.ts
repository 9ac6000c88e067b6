import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import type { Numbering } from '../support/stage-page.ts';

describe('subscribing by POST from Chromium', { skip: chromiumMissing() }, () => {
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

  async function publish(t: TestContext, videoCodec: string) {
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
    const [hostPage, viewerPage] = [await chromium.openPage(), await chromium.openPage()];
    t.after(() => Promise.all([hostPage.close(), viewerPage.close()]));
    const published = await hostPage.stage.postPublish(stage.whipUrl, host.token, { videoCodec });
    const sessionId = await stage.activeSessionId();
    await stage.untilEvent(sessionId, host.participantId, 'PUBLISH_STARTED');
    return { stage, sessionId, host, viewer, hostPage: hostPage.stage, viewerPage: viewerPage.stage, published };
  }

  for (const videoCodec of ['video/H264', 'video/VP8']) {
    for (const numbering of ['as offered', 'turned round'] satisfies Numbering[]) {
      test(`receives ${videoCodec} with payload types and extension ids ${numbering}`, async (t) => {
        const { stage, sessionId, host, viewer, viewerPage } = await publish(t, videoCodec);
        const url = stage.subscribeUrl(host.participantId);
        const { location } = await viewerPage.postSubscribe(url, viewer.token, numbering);
        const { framesDecoded } = await viewerPage.waitForFrames(location, 100);
        assert.ok(framesDecoded >= 100);
        const { heard, peaksHz } = await viewerPage.hearTone(location);
        assert.ok(heard, `peaks at ${peaksHz} Hz`);

        assert.equal(await viewerPage.deletePosted(location, viewer.token), 200);
        const events = await stage.untilEvent(sessionId, viewer.participantId, 'LEFT');
        assert.deepEqual(
          events.map(({ name, remoteParticipantId }) => [name, remoteParticipantId]),
          [
            ['JOINED', undefined],
            ['SUBSCRIBE_STARTED', host.participantId],
            ['SUBSCRIBE_STOPPED', host.participantId],
            ['LEFT', undefined],
          ],
        );
      });
    }
  }

  test('serves two viewers who number differently at the same time', async (t) => {
    const { stage, host, viewer, viewerPage } = await publish(t, 'video/H264');
    const url = stage.subscribeUrl(host.participantId);
    const first = await viewerPage.postSubscribe(url, viewer.token, 'as offered');
    const second = await viewerPage.postSubscribe(url, viewer.token, 'turned round');
    assert.notEqual(first.location, second.location);
    await Promise.all([first, second].map(({ location }) => viewerPage.waitForFrames(location, 100)));
  });

  test('ends with the publish, which ends by DELETE', async (t) => {
    const { stage, sessionId, host, viewer, hostPage, viewerPage, published } = await publish(t, 'video/H264');
    const url = stage.subscribeUrl(host.participantId);
    const { location } = await viewerPage.postSubscribe(url, viewer.token);
    await viewerPage.waitForFrames(location, 1);
    assert.equal(await hostPage.deletePosted(published.location, host.token), 200);
    await stage.untilEvent(sessionId, viewer.participantId, 'SUBSCRIBE_STOPPED');
    await assert.rejects(viewerPage.postSubscribe(url, viewer.token), /answered 404/);
  });

  test('is refused when nobody publishes under that id', async (t) => {
    const stage = await TestStage.create(server, ['viewer']);
    const page = await chromium.openPage();
    t.after(() => page.close());
    const posted = page.stage.postSubscribe(stage.subscribeUrl('AAAAAAAAAAAA'), stage.invited('viewer').token);
    await assert.rejects(posted, /answered 404: .*"code":4/);
  });
});

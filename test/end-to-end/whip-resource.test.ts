import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { StageClient } from '../../packages/server/src/signalling/stage-client.fixture.ts';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

/** Credentials that no browser has. */
const strangeFragment = 'a=ice-ufrag:stranger\r\na=ice-pwd:a-password-that-nobody-has\r\n';

describe('what Chromium has POSTed', { skip: chromiumMissing() }, () => {
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

  async function openStage(t: TestContext, kinds?: readonly ('audio' | 'video')[]) {
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
    const [hostPage, viewerPage] = [await chromium.openPage(), await chromium.openPage()];
    t.after(() => Promise.all([hostPage.close(), viewerPage.close()]));
    const published = await hostPage.stage.postPublish(stage.whipUrl, host.token, kinds ? { kinds } : {});
    const sessionId = await stage.activeSessionId();
    await stage.untilEvent(sessionId, host.participantId, 'PUBLISH_STARTED');
    return { stage, sessionId, host, viewer, hostPage: hostPage.stage, viewerPage: viewerPage.stage, published };
  }

  test('restarts ICE and goes on, the publisher and the subscriber alike, in the same session', async (t) => {
    const { stage, sessionId, host, viewer, hostPage, viewerPage, published } = await openStage(t);
    const url = stage.subscribeUrl(host.participantId);
    const { location } = await viewerPage.postSubscribe(url, viewer.token);
    await viewerPage.waitForFrames(location, 10);

    const tags = new Set<string>();
    for (const [page, resource, token] of [
      [hostPage, published.location, host.token],
      [viewerPage, location, viewer.token],
      [hostPage, published.location, host.token],
    ] as const) {
      const { etag, fragment } = await page.restartIce(resource, token);
      assert.match(fragment, /^a=candidate:/m);
      tags.add(etag);
      await viewerPage.waitForFrames(location, 30);
    }
    assert.equal(tags.size, 3);
    const names = (await stage.events(sessionId, host.participantId)).map(({ name }) => name);
    assert.deepEqual(names, ['JOINED', 'PUBLISH_STARTED']);
    assert.equal(await hostPage.deletePosted(published.location, host.token), 200);
  });

  test('goes on when a restart is refused, and when one is never followed up', async (t) => {
    const { stage, host, viewer, hostPage, viewerPage, published } = await openStage(t);
    const { location } = await viewerPage.postSubscribe(stage.subscribeUrl(host.participantId), viewer.token);
    await viewerPage.waitForFrames(location, 10);
    assert.equal(await hostPage.askForRestart(published.location, host.token, 'nonsense'), 400);
    await viewerPage.waitForFrames(location, 10);
    assert.equal(await hostPage.askForRestart(published.location, host.token, strangeFragment), 200);
    assert.equal(await viewerPage.askForRestart(location, viewer.token, strangeFragment), 200);
    await viewerPage.waitForFrames(location, 150);
  });

  for (const kinds of [['audio'], ['video'], ['audio', 'video']] as const) {
    test(`has no more tracks than carry packets: ${kinds.join(' and ')}`, async (t) => {
      const { stage, sessionId, host, viewer, viewerPage, published } = await openStage(t, kinds);
      const { location, answer } = await viewerPage.postSubscribe(stage.subscribeUrl(host.participantId), viewer.token);
      assert.match(answer, /^m=video 9 /m);
      if (kinds.some((kind) => kind === 'video')) await viewerPage.waitForFrames(location, 10);
      if (kinds.some((kind) => kind === 'audio'))
        assert.ok((await viewerPage.hearTone(location, { seconds: 1 })).heard);

      assert.match(published.answer, /^m=video 9 /m);
      const socket = new StageClient(viewer.token).connect();
      t.after(() => socket.crash());
      await socket.state((participants) => {
        const tracks = participants.find(({ id }) => id === host.participantId)?.tracks.map(({ kind }) => kind) ?? [];
        assert.ok(
          tracks.every((kind) => kinds.some((sent) => sent === kind)),
          tracks.join(),
        );
        return tracks.length === kinds.length;
      });
      const { published: wasPublished, protocol } = await stage.participant(sessionId, host.participantId);
      assert.deepEqual({ wasPublished, protocol }, { wasPublished: true, protocol: 'WHIP' });
    });
  }
});

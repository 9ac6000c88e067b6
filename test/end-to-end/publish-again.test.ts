import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

describe('a page whose restart of ICE is refused', { skip: chromiumMissing() }, () => {
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

  test('publishes anew, in the same session and without leaving', async (t) => {
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
    const [hostPage, viewerPage] = [await chromium.openPage(), await chromium.openPage()];
    t.after(() => Promise.all([hostPage.close(), viewerPage.close()]));
    await hostPage.stage.joinStage(host.token, { subscribe: false });
    await viewerPage.stage.joinStage(viewer.token, { publish: false });
    await viewerPage.stage.waitForFrames(host.participantId, 10);
    const sessionId = await stage.activeSessionId();

    // A session that the server does not know: 412.
    await hostPage.rewriteHeaders('PATCH', { 'if-match': '"another"' });
    const changedMs = Date.now();
    await hostPage.stage.comeOnline();
    for (const detail of ['errored', 'attempting_publish', 'published']) {
      const name = 'stageParticipantPublishStateChanged';
      await hostPage.stage.waitForEvent({ name, participantId: host.participantId, detail, afterMs: changedMs });
    }
    const again = { name: 'stageParticipantStreamsAdded', participantId: host.participantId, afterMs: changedMs };
    await viewerPage.stage.waitForEvent(again);
    await viewerPage.stage.waitForFrames(host.participantId, 30);
    const names = (await stage.events(sessionId, host.participantId)).map(({ name }) => name);
    assert.deepEqual(names, ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'PUBLISH_STARTED']);
    const errors = (await hostPage.stage.events()).filter(({ name }) => name === 'error');
    assert.deepEqual(errors, []);
  });
});

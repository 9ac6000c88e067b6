import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import type { MediaChild, MediaTarget } from '../support/media-child.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { aiortcMissing, publishByAiortc, publishByFfmpeg } from '../support/whip-publisher.ts';

describe('a publisher that is no browser', { skip: chromiumMissing() }, () => {
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

  async function isSeenAndHeard(t: TestContext, publishBy: (target: MediaTarget) => MediaChild): Promise<void> {
    const stage = await TestStage.create(server, ['encoder', 'viewer']);
    const [encoder, viewer] = [stage.invited('encoder'), stage.invited('viewer')];
    const page = await chromium.openPage();
    t.after(() => page.close());
    await page.stage.joinStage(viewer.token, { publish: false });

    const publisher = publishBy({ url: stage.whipUrl, token: encoder.token });
    t.after(() => publisher.kill());
    await page.stage.waitForEvent({ name: 'stageParticipantJoined', participantId: encoder.participantId });
    await page.stage.waitForFrames(encoder.participantId, 100);
    const { heard, peaksHz } = await page.stage.hearTone(encoder.participantId);
    assert.ok(heard, `peaks at ${peaksHz} Hz`);

    const sessionId = await stage.activeSessionId();
    const { state, published, protocol, userId } = await stage.participant(sessionId, encoder.participantId);
    assert.deepEqual(
      { state, published, protocol, userId },
      { state: 'CONNECTED', published: true, protocol: 'WHIP', userId: 'encoder' },
    );

    await publisher.stop();
    await page.stage.waitForEvent({ name: 'stageParticipantLeft', participantId: encoder.participantId });
    const events = await stage.untilEvent(sessionId, encoder.participantId, 'LEFT');
    assert.deepEqual(
      events.map(({ name }) => name),
      ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT'],
    );
  }

  test('is seen and heard by a page when it is FFmpeg', (t) => isSeenAndHeard(t, publishByFfmpeg));

  test('is seen and heard by a page when it is aiortc', { skip: aiortcMissing() }, (t) =>
    isSeenAndHeard(t, publishByAiortc),
  );
});

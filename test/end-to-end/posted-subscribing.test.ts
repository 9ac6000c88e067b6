import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import type { StagePage } from '../support/stage-page.ts';

describe('the web client where the server does not offer', { skip: chromiumMissing() }, () => {
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

  /**
   * What a page was told of a participant, without what comes at any time, and without the new attempt that is told when its
   * media ends before the word comes that it has left.
   */
  async function told(page: StagePage, id: string): Promise<string[]> {
    return (await page.events())
      .filter(({ name, participantId }) => participantId === id && /Stream(s|Mute)|State|Joined|Left/.test(name))
      .map(({ name, detail = '' }) => `${name.replace('stageParticipant', '')} ${detail}`.trimEnd())
      .filter(
        (line, at, lines) => !(line.endsWith('attempting_subscribe') && lines[at - 1]?.startsWith('StreamsRemoved')),
      );
  }

  async function openPage(t: TestContext): Promise<StagePage> {
    const { stage, close } = await chromium.openPage();
    t.after(() => close());
    return stage;
  }

  test('receives by posted offers, and tells the same as where it does', async (t) => {
    const stage = await TestStage.create(server, ['alice', 'bob', 'eve']);
    const [alice, bob, eve] = [stage.invited('alice'), stage.invited('bob'), stage.invited('eve')];
    const [alicePage, bobPage, evePage] = [await openPage(t), await openPage(t), await openPage(t)];
    await alicePage.joinStage(alice.token);
    for (const [page, { token }, offered] of [
      [bobPage, bob, false],
      [evePage, eve, true],
    ] as const) {
      await page.joinStage(token, { publish: false, offered });
      await page.waitForFrames(alice.participantId, 30);
      const { heard, peaksHz } = await page.hearTone(alice.participantId);
      assert.ok(heard, `peaks at ${peaksHz} Hz`);
    }
    const sessionId = await stage.activeSessionId();
    const events = await stage.untilEvent(sessionId, bob.participantId, 'SUBSCRIBE_STARTED');
    assert.equal(events.find(({ name }) => name === 'SUBSCRIBE_STARTED')?.remoteParticipantId, alice.participantId);

    for (const muted of [true, false]) {
      await alicePage.setMuted('video', muted);
      const detail = `video ${muted ? 'muted' : 'unmuted'}`;
      const match = { name: 'stageStreamMuteChanged', participantId: alice.participantId, detail };
      await Promise.all([bobPage, evePage].map((page) => page.waitForEvent(match)));
    }
    await alicePage.leaveStage();
    const left = { name: 'stageParticipantLeft', participantId: alice.participantId };
    await Promise.all([bobPage, evePage].map((page) => page.waitForEvent(left)));
    const [posted, offered] = [await told(bobPage, alice.participantId), await told(evePage, alice.participantId)];
    assert.deepEqual(posted, offered);
    assert.deepEqual(posted, [
      'Joined',
      'PublishStateChanged published',
      'SubscribeStateChanged attempting_subscribe',
      'StreamsAdded audio unmuted video unmuted',
      'SubscribeStateChanged subscribed',
      'stageStreamMuteChanged video muted',
      'stageStreamMuteChanged video unmuted',
      'StreamsRemoved audio unmuted video unmuted',
      'SubscribeStateChanged not_subscribed',
      'PublishStateChanged not_published',
      'Left',
    ]);
    await bobPage.leaveStage();
    await stage.untilEvent(sessionId, bob.participantId, 'LEFT');
  });

  test('follows a publisher that comes back', async (t) => {
    const stage = await TestStage.create(server, ['alice', 'bob']);
    const [alice, bob] = [stage.invited('alice'), stage.invited('bob')];
    const [alicePage, bobPage] = [await openPage(t), await openPage(t)];
    await alicePage.joinStage(alice.token);
    await bobPage.joinStage(bob.token, { publish: false, offered: false });
    await bobPage.waitForFrames(alice.participantId, 10);
    const leftMs = Date.now();
    await alicePage.leaveStage();
    await bobPage.waitForEvent({ name: 'stageParticipantLeft', participantId: alice.participantId });
    await alicePage.joinStage(alice.token);
    const added = { name: 'stageParticipantStreamsAdded', participantId: alice.participantId, afterMs: leftMs };
    await bobPage.waitForEvent(added);
    await bobPage.waitForFrames(alice.participantId, 30);
    assert.ok(!(await bobPage.events()).some(({ name }) => name === 'error'));
  });
});

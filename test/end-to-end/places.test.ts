import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

describe('a page that wishes for more than there are places', { skip: chromiumMissing() }, () => {
  let server: ServerProcess;
  let chromium: Chromium;

  before(async () => {
    server = await startServer({ env: { PROSCENIUM_QUOTAS_SUBSCRIPTIONS: '1' } });
    chromium = await launchChromium();
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
  });

  test('is told of what it does not get, and gets it when a place is free', async (t) => {
    const stage = await TestStage.create(server, ['alice', 'bob', 'viewer']);
    const viewer = stage.invited('viewer');
    const hosts = await Promise.all(
      ['alice', 'bob'].map(async (userId) => ({ ...stage.invited(userId), page: await chromium.openPage() })),
    );
    const { stage: page, close } = await chromium.openPage();
    t.after(() => Promise.all([close(), ...hosts.map((host) => host.page.close())]));
    for (const host of hosts) await host.page.stage.joinStage(host.token, { subscribe: false });
    const sessionId = await stage.activeSessionId();
    for (const { participantId } of hosts) await stage.untilEvent(sessionId, participantId, 'PUBLISH_STARTED');

    await page.joinStage(viewer.token, { publish: false });
    await page.waitForEvent({ name: 'error', detail: '6 The stage is full: QUOTA_EXCEEDED' });
    const state = { name: 'stageParticipantSubscribeStateChanged' };
    const served = await page.waitForEvent({ ...state, detail: 'subscribed' });
    const refused = await page.waitForEvent({ ...state, detail: 'errored' });
    const host = hosts.find(({ participantId }) => participantId === served.participantId) ?? assert.fail();
    const waiting = hosts.find(({ participantId }) => participantId === refused.participantId) ?? assert.fail();
    assert.notEqual(host, waiting);
    await page.waitForFrames(host.participantId, 30);
    const told = await stage.untilEvent(sessionId, viewer.participantId, 'SUBSCRIBE_STARTED');
    assert.deepEqual(
      told.map(({ name, errorCode, remoteParticipantId }) => [name, errorCode, remoteParticipantId]),
      [
        ['JOINED', undefined, undefined],
        ['SUBSCRIBE_ERROR', 'QUOTA_EXCEEDED', waiting.participantId],
        ['SUBSCRIBE_STARTED', undefined, host.participantId],
      ],
    );

    const leftMs = Date.now();
    await host.page.stage.leaveStage();
    await page.waitForFrames(waiting.participantId, 30);
    const { participantId } = await page.waitForEvent({ ...state, detail: 'subscribed', afterMs: leftMs });
    assert.equal(participantId, waiting.participantId);
    const errors = (await page.events()).filter(({ name }) => name === 'error');
    assert.equal(errors.length, 1);
  });
});

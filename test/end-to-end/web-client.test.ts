import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import {
  DeleteStageCommand,
  DisconnectParticipantCommand,
  type Event as ParticipantEvent,
} from '@aws-sdk/client-ivs-realtime';
import { type Chromium, type ChromiumPage, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import type { EventMatch, PageEvent, StagePage } from '../support/stage-page.ts';

describe('two pages that join by the web client', { skip: chromiumMissing() }, () => {
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

  /** A stage in which alice and bob publish, and each of them decodes the other's picture. */
  async function startShow(t: TestContext): Promise<Show> {
    const stage = await TestStage.create(server, ['alice', 'bob']);
    const [alice, bob] = [stage.invited('alice'), stage.invited('bob')];
    const [alicePage, bobPage] = [await chromium.openPage(), await chromium.openPage()];
    t.after(() => Promise.all([alicePage.close(), bobPage.close()]));
    await Promise.all([alicePage.stage.joinStage(alice.token), bobPage.stage.joinStage(bob.token)]);
    await Promise.all([
      alicePage.stage.waitForFrames(bob.participantId, 1),
      bobPage.stage.waitForFrames(alice.participantId, 1),
    ]);
    const sessionId = await stage.activeSessionId();
    return {
      stage,
      sessionId,
      alice: { id: alice.participantId, token: alice.token, page: alicePage, saw: watcher(t, alicePage.stage) },
      bob: { id: bob.participantId, token: bob.token, page: bobPage, saw: watcher(t, bobPage.stage) },
    };
  }

  test('learn who is heard and who speaks, themselves included', async (t) => {
    const { alice, bob } = await startShow(t);
    for (const { page } of [alice, bob]) await page.stage.waitForEvent({ name: 'stageAudioLevelsChanged' });
    await alice.page.stage.setMuted('audio', true);
    const speaks = { name: 'stageActiveSpeakerChanged', participantId: bob.id };
    for (const { page } of [alice, bob]) await page.stage.waitForEvent(speaks);
    const mutedMs = Date.now();
    await bob.page.stage.setMuted('audio', true);
    const silent = { afterMs: mutedMs, detail: '' };
    for (const { page } of [alice, bob]) {
      await page.stage.waitForEvent({ ...silent, name: 'stageAudioLevelsChanged' });
    }
  });

  test('see and hear each other, and the API tells who was there', async (t) => {
    const { stage, sessionId, alice, bob } = await startShow(t);
    for (const [viewer, publisher] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      const { framesDecoded } = await viewer.page.stage.waitForFrames(publisher.id, 100);
      assert.ok(framesDecoded >= 100);
      const { heard, peaksHz } = await viewer.page.stage.hearTone(publisher.id);
      assert.ok(heard, `peaks at ${peaksHz} Hz`);
    }

    const sessions = await stage.sessions();
    assert.deepEqual(
      sessions.map(({ sessionId, endTime }) => ({ sessionId, endTime })),
      [{ sessionId, endTime: undefined }],
    );
    assert.match(sessionId, /^st-[a-z0-9]{13}$/);

    const participants = await stage.participants(sessionId);
    assert.deepEqual(participants.map(({ participantId }) => participantId).sort(), [alice.id, bob.id].sort());
    for (const [index, { id, userId }] of [
      { ...alice, userId: 'alice' },
      { ...bob, userId: 'bob' },
    ].entries()) {
      const participant = await stage.participant(sessionId, id);
      const { state, published, attributes, browserName, osName, sdkVersion } = participant;
      assert.deepEqual(
        { userId: participant.userId, state, published, attributes },
        { userId, state: 'CONNECTED', published: true, attributes: { seat: String(index) } },
      );
      assert.match(browserName ?? '', /Chrom/);
      assert.match(osName ?? '', /Linux/);
      assert.notEqual(sdkVersion, '');

      const other = id === alice.id ? bob.id : alice.id;
      const events = await stage.untilEvent(sessionId, id, 'SUBSCRIBE_STARTED');
      assert.equal(events[0]?.name, 'JOINED');
      assert.deepEqual(names(events).sort(), ['JOINED', 'PUBLISH_STARTED', 'SUBSCRIBE_STARTED']);
      assert.equal(events.find(({ name }) => name === 'SUBSCRIBE_STARTED')?.remoteParticipantId, other);
      assert.ok(events.every(({ participantId }) => participantId === id));
    }
  });

  test('see that a stream is muted and unmuted', async (t) => {
    const { alice, bob } = await startShow(t);
    for (const kind of ['audio', 'video'] as const) {
      for (const muted of [true, false]) {
        const detail = `${kind} ${muted ? 'muted' : 'unmuted'}`;
        const match = { name: 'stageStreamMuteChanged', participantId: alice.id, detail };
        await bob.saw(match, () => alice.page.stage.setMuted(kind, muted));
      }
    }
    await bob.page.stage.waitForFrames(alice.id, 10);
    const { heard, peaksHz } = await bob.page.stage.hearTone(alice.id, { seconds: 1 });
    assert.ok(heard, `peaks at ${peaksHz} Hz`);
  });

  test('hear nothing of a muted microphone', async (t) => {
    const { alice, bob } = await startShow(t);
    await alice.page.stage.setMuted('audio', true);
    const { heard, peaksHz } = await bob.page.stage.hearTone(alice.id, { hz: null, seconds: 1 });
    assert.ok(heard, `peaks at ${peaksHz} Hz`);
  });

  test('see that one of them leaves', async (t) => {
    const { stage, sessionId, alice, bob } = await startShow(t);
    const match = { name: 'stageParticipantLeft', participantId: alice.id };
    await bob.saw(match, () => alice.page.stage.leaveStage());
    const { detail } = await alice.page.stage.waitForEvent({ name: 'stageLeft' });
    assert.equal(detail, 'user-initiated');

    assert.deepEqual(
      names(await stage.untilEvent(sessionId, alice.id, 'LEFT'))
        .slice(3)
        .sort(),
      lastWords,
    );
    assert.equal((await stage.participant(sessionId, alice.id)).state, 'DISCONNECTED');
    assert.equal((await stage.participant(sessionId, bob.id)).state, 'CONNECTED');
  });

  test('are the same participant when they come back with their token', async (t) => {
    const { stage, sessionId, alice, bob } = await startShow(t);
    await bob.saw({ name: 'stageParticipantLeft', participantId: alice.id }, () => alice.page.stage.leaveStage());
    const { firstJoinTime } = await stage.participant(sessionId, alice.id);
    const match = { name: 'stageParticipantJoined', participantId: alice.id };
    await bob.saw(match, () => alice.page.stage.joinStage(alice.token));
    await bob.page.stage.waitForFrames(alice.id, 10);

    assert.equal(await stage.activeSessionId(), sessionId);
    const participant = await stage.participant(sessionId, alice.id);
    assert.equal(participant.state, 'CONNECTED');
    assert.deepEqual(participant.firstJoinTime, firstJoinTime);
    const joins = names(await stage.events(sessionId, alice.id)).filter((name) => name === 'JOINED');
    assert.equal(joins.length, 2);
  });

  test('see that one of them is disconnected by the API, for good', async (t) => {
    const { stage, sessionId, alice, bob } = await startShow(t);
    const disconnect = new DisconnectParticipantCommand({
      stageArn: stage.arn,
      participantId: alice.id,
      reason: 'spam',
    });
    const match = { name: 'stageParticipantLeft', participantId: alice.id };
    await bob.saw(match, () => server.client.send(disconnect));
    const { detail } = await alice.page.stage.waitForEvent({ name: 'stageLeft' });
    assert.equal(detail, 'participant-disconnected');

    assert.deepEqual(
      names(await stage.untilEvent(sessionId, alice.id, 'LEFT'))
        .slice(3)
        .sort(),
      lastWords,
    );
    assert.equal((await stage.participant(sessionId, alice.id)).state, 'DISCONNECTED');
    const page = await chromium.openPage();
    t.after(() => page.close());
    await assert.rejects(page.stage.joinStage(alice.token));
    assert.match((await page.stage.waitForEvent({ name: 'error' })).detail ?? '', /^10 /);
  });

  test('are thrown out when the stage is deleted', async (t) => {
    const { stage, alice, bob } = await startShow(t);
    const match = { name: 'stageLeft', detail: 'stage-deleted' };
    await bob.saw(match, () => server.client.send(new DeleteStageCommand({ arn: stage.arn })));
    await alice.page.stage.waitForEvent(match);
    const page = await chromium.openPage();
    t.after(() => page.close());
    await assert.rejects(page.stage.joinStage(alice.token));
    assert.match((await page.stage.waitForEvent({ name: 'error' })).detail ?? '', /^9 /);
  });

  test('give way to another page that uses their token', async (t) => {
    const { stage, sessionId, alice, bob } = await startShow(t);
    const page = await chromium.openPage();
    t.after(() => page.close());
    await alice.saw({ name: 'stageLeft', detail: 'token-reused' }, () => page.stage.joinStage(alice.token));
    // Bob keeps one alice: the new one.
    await page.stage.waitForFrames(bob.id, 10);
    await bob.page.stage.waitForFrames(alice.id, 10);
    const participants = await stage.participants(sessionId);
    assert.equal(participants.length, 2);
    assert.ok(participants.every(({ state }) => state === 'CONNECTED'));
  });

  test('notice that the other page was killed', async (t) => {
    const { stage, sessionId, alice, bob } = await startShow(t);
    const match = { name: 'stageParticipantPublishStateChanged', participantId: alice.id, detail: 'not_published' };
    await bob.saw(match, () => alice.page.kill());
    await stage.untilEvent(sessionId, alice.id, 'PUBLISH_STOPPED');
  });
});

interface Host {
  id: string;
  token: string;
  page: ChromiumPage;
  /** Does something and waits until the page has seen the event that it causes; tells how long that took. */
  saw(match: EventMatch, cause: () => Promise<unknown>): Promise<PageEvent>;
}

interface Show {
  stage: TestStage;
  sessionId: string;
  alice: Host;
  bob: Host;
}

/** What a participant's record ends with. */
const lastWords = ['LEFT', 'PUBLISH_STOPPED', 'SUBSCRIBE_STOPPED'];

function watcher(t: TestContext, page: StagePage): Host['saw'] {
  return async (match, cause) => {
    const startedMs = Date.now();
    await cause();
    const event = await page.waitForEvent({ ...match, afterMs: startedMs });
    t.diagnostic(`${event.name} ${event.detail ?? ''} after ${event.atMs - startedMs} ms`);
    return event;
  };
}

function names(events: ParticipantEvent[]): string[] {
  return events.map(({ name }) => name ?? '');
}

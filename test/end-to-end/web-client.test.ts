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
import type { EventMatch } from '../support/stage-page.ts';
import { until } from '../support/until.ts';

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
    const { show, end } = await openShow();
    t.after(end);
    return show;
  }

  async function openShow(): Promise<{ show: Show; end: () => Promise<unknown> }> {
    const stage = await TestStage.create(server, ['alice', 'bob']);
    const [alice, bob] = [stage.invited('alice'), stage.invited('bob')];
    const [alicePage, bobPage] = [await chromium.openPage(), await chromium.openPage()];
    const end = () => Promise.all([alicePage.close(), bobPage.close()]);
    await Promise.all([alicePage.stage.joinStage(alice.token), bobPage.stage.joinStage(bob.token)]);
    await Promise.all([
      alicePage.stage.waitForFrames(bob.participantId, 1),
      bobPage.stage.waitForFrames(alice.participantId, 1),
    ]);
    const sessionId = await stage.activeSessionId();
    const show = {
      stage,
      sessionId,
      alice: { id: alice.participantId, token: alice.token, page: alicePage },
      bob: { id: bob.participantId, token: bob.token, page: bobPage },
    };
    return { show, end };
  }

  describe('and stay', () => {
    let show: Show;
    let end: () => Promise<unknown>;

    before(async () => {
      ({ show, end } = await openShow());
    });
    after(() => end?.());

    test('see and hear each other, and the API tells who was there', async () => {
      const { stage, sessionId, alice, bob } = show;
      const seeAndHear = async (viewer: Host, publisher: Host) => {
        const [{ framesDecoded }, { heard, peaksHz }] = await Promise.all([
          viewer.page.stage.waitForFrames(publisher.id, 60),
          viewer.page.stage.hearTone(publisher.id),
        ]);
        assert.ok(framesDecoded >= 60);
        assert.ok(heard, `peaks at ${peaksHz} Hz`);
      };
      await Promise.all([seeAndHear(alice, bob), seeAndHear(bob, alice)]);

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

    test('learn who is heard and who speaks, themselves included', async (t) => {
      const { alice, bob } = show;
      for (const { page } of [alice, bob]) await page.stage.waitForEvent({ name: 'stageAudioLevelsChanged' });
      await alice.page.stage.setMuted('audio', true);
      t.after(async () => {
        await bob.page.stage.setMuted('audio', false);
        const unmuted = { name: 'stageStreamMuteChanged', participantId: alice.id, detail: 'audio unmuted' };
        await saw(t, bob, unmuted, () => alice.page.stage.setMuted('audio', false));
      });
      const speaks = { name: 'stageActiveSpeakerChanged', participantId: bob.id };
      for (const { page } of [alice, bob]) await page.stage.waitForEvent(speaks);
      const mutedMs = Date.now();
      await bob.page.stage.setMuted('audio', true);
      const silent = { afterMs: mutedMs, detail: '' };
      for (const { page } of [alice, bob]) {
        await page.stage.waitForEvent({ ...silent, name: 'stageAudioLevelsChanged' });
      }
    });

    test('see that a stream is muted and unmuted, and hear nothing of a muted microphone', async (t) => {
      const { alice, bob } = show;
      const mute = (kind: 'audio' | 'video', muted: boolean) => {
        const detail = `${kind} ${muted ? 'muted' : 'unmuted'}`;
        const match = { name: 'stageStreamMuteChanged', participantId: alice.id, detail };
        return saw(t, bob, match, () => alice.page.stage.setMuted(kind, muted));
      };
      const hear = async (hz: number | null) => {
        const { heard, peaksHz } = await bob.page.stage.hearTone(alice.id, { hz, seconds: 1 });
        assert.ok(heard, `peaks at ${peaksHz} Hz`);
      };
      await mute('audio', true);
      await hear(null);
      await mute('audio', false);
      await mute('video', true);
      await mute('video', false);
      await bob.page.stage.waitForFrames(alice.id, 10);
      await hear(440);
    });
  });

  test('see that one of them leaves, who is the same participant when it comes back with its token', async (t) => {
    const { stage, sessionId, alice, bob } = await startShow(t);
    const left = { name: 'stageParticipantLeft', participantId: alice.id };
    await saw(t, bob, left, () => alice.page.stage.leaveStage());
    const { detail } = await alice.page.stage.waitForEvent({ name: 'stageLeft' });
    assert.equal(detail, 'user-initiated');

    assert.deepEqual(
      names(await stage.untilEvent(sessionId, alice.id, 'LEFT'))
        .slice(3)
        .sort(),
      lastWords,
    );
    const { state, firstJoinTime } = await stage.participant(sessionId, alice.id);
    assert.equal(state, 'DISCONNECTED');
    assert.equal((await stage.participant(sessionId, bob.id)).state, 'CONNECTED');

    const joined = { name: 'stageParticipantJoined', participantId: alice.id };
    await saw(t, bob, joined, () => alice.page.stage.joinStage(alice.token));
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
    await saw(t, bob, match, () => server.client.send(disconnect));
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
    await saw(t, bob, match, () => server.client.send(new DeleteStageCommand({ arn: stage.arn })));
    await alice.page.stage.waitForEvent(match);
    const page = await chromium.openPage();
    t.after(() => page.close());
    await assert.rejects(page.stage.joinStage(alice.token));
    assert.match((await page.stage.waitForEvent({ name: 'error' })).detail ?? '', /^9 /);
  });

  test('give way to another page that uses their token, and notice that it was killed', async (t) => {
    const { stage, sessionId, alice, bob } = await startShow(t);
    const page = await chromium.openPage();
    t.after(() => page.close());
    await saw(t, alice, { name: 'stageLeft', detail: 'token-reused' }, () => page.stage.joinStage(alice.token));
    // Bob keeps one alice: the new one.
    await page.stage.waitForFrames(bob.id, 10);
    await bob.page.stage.waitForFrames(alice.id, 10);
    const participants = await stage.participants(sessionId);
    assert.equal(participants.length, 2);
    assert.ok(participants.every(({ state }) => state === 'CONNECTED'));

    const ends = (events: ParticipantEvent[]) => names(events).filter((name) => name === 'PUBLISH_STOPPED').length;
    const before = ends(await stage.events(sessionId, alice.id));
    const match = { name: 'stageParticipantPublishStateChanged', participantId: alice.id, detail: 'not_published' };
    await saw(t, bob, match, () => page.kill());
    await until(
      () => stage.events(sessionId, alice.id),
      (events) => ends(events) > before,
    );
  });
});

interface Host {
  id: string;
  token: string;
  page: ChromiumPage;
}

interface Show {
  stage: TestStage;
  sessionId: string;
  alice: Host;
  bob: Host;
}

/** What a participant's record ends with. */
const lastWords = ['LEFT', 'PUBLISH_STOPPED', 'SUBSCRIBE_STOPPED'];

/** Does something and waits until the page has seen the event that it causes; tells how long that took. */
async function saw(t: TestContext, { page }: Host, match: EventMatch, cause: () => Promise<unknown>): Promise<void> {
  const startedMs = Date.now();
  await cause();
  const event = await page.stage.waitForEvent({ ...match, afterMs: startedMs });
  t.diagnostic(`${event.name} ${event.detail ?? ''} after ${event.atMs - startedMs} ms`);
}

function names(events: ParticipantEvent[]): string[] {
  return events.map(({ name }) => name ?? '');
}

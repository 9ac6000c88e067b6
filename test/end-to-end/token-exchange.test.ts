import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import {
  CreateStageCommand,
  DisconnectParticipantCommand,
  GetParticipantCommand,
  GetStageCommand,
  ListParticipantEventsCommand,
  type Event as ParticipantEvent,
  type Stage,
} from '@aws-sdk/client-ivs-realtime';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import type { StagePage } from '../support/stage-page.ts';
import { TokenSigner } from '../support/token-signer.ts';
import { until } from '../support/until.ts';

const watching = { allow_subscribe: true };
const hosting = { allow_publish: true, allow_subscribe: true };

describe('pages that exchange their tokens', { skip: chromiumMissing() }, () => {
  let server: ServerProcess;
  let chromium: Chromium;
  let signer: TokenSigner;

  before(async () => {
    server = await startServer();
    const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-keys-'));
    signer = await TokenSigner.create(server, folder);
    await rm(folder, { recursive: true });
    chromium = await launchChromium();
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
  });

  /** A stage with self-signed tokens for it, and pages that go with the test. */
  async function open(t: TestContext) {
    const { stage = { arn: '' } } = await server.client.send(new CreateStageCommand());
    const token = (id: string, capabilities: object, changed: object = {}) =>
      signer.token(stage, id, capabilities, changed);
    const openPage = async (): Promise<StagePage> => {
      const page = await chromium.openPage();
      t.after(() => page.close());
      return page.stage;
    };
    return { stage, token, openPage };
  }

  async function eventsOf({ arn }: Stage, participantId: string): Promise<ParticipantEvent[]> {
    const { stage } = await server.client.send(new GetStageCommand({ arn: arn ?? '' }));
    const command = new ListParticipantEventsCommand({
      stageArn: arn ?? '',
      sessionId: stage?.activeSessionId,
      participantId,
    });
    return ((await server.client.send(command)).events ?? []).toReversed();
  }

  test('a viewer becomes a host, has another role, and is a viewer again', async (t) => {
    const { stage, token, openPage } = await open(t);
    const watcher = await openPage();
    await watcher.joinStage(token('watcher', watching), { publish: false });
    const guest = await openPage();
    await guest.joinStage(token('guest', watching, { attributes: { role: 'viewer' } }));
    await guest.waitForEvent({ name: 'error', category: 'PUBLISH_ERROR' });

    const asHost = { user_id: 'ann', attributes: { role: 'host' } };
    assert.equal(await guest.exchangeToken(token('guest', hosting, asHost)), 'taken');
    await guest.waitForEvent({ name: 'metadata', participantId: 'guest', detail: 'ann {"role":"host"}' });
    await watcher.waitForEvent({ name: 'metadata', participantId: 'guest', detail: 'ann {"role":"host"}' });
    await watcher.waitForFrames('guest', 10);
    assert.ok((await watcher.hearTone('guest', { seconds: 1 })).heard);

    const leadMs = Date.now();
    const asLead = { user_id: 'ann', attributes: { role: 'lead' } };
    assert.equal(await guest.exchangeToken(token('guest', hosting, asLead)), 'taken');
    await watcher.waitForEvent({ name: 'metadata', participantId: 'guest', detail: 'ann {"role":"lead"}' });
    await watcher.waitForFrames('guest', 10);
    const unpublished = {
      name: 'stageParticipantPublishStateChanged',
      participantId: 'guest',
      detail: 'not_published',
    };
    const since = (events: { name: string; detail?: string; atMs: number }[]) =>
      events.filter(
        ({ name, detail, atMs }) => name === unpublished.name && detail === 'not_published' && atMs >= leadMs,
      );
    assert.deepEqual(since(await watcher.events()), [], 'the publish goes on');

    assert.equal(await guest.exchangeToken(token('guest', watching, asLead)), 'taken');
    for (const page of [guest, watcher]) await page.waitForEvent({ ...unpublished, afterMs: leadMs });
    assert.deepEqual(await guest.localParticipant(), {
      userId: 'ann',
      attributes: { role: 'lead' },
      capabilities: ['subscribe'],
      isPublishing: false,
    });

    const events = await until(
      () => eventsOf(stage, 'guest'),
      (all) => all.some(({ name }) => name === 'PUBLISH_STOPPED'),
    );
    const told = events.map(({ name }) => name).filter((name) => !name?.startsWith('SUBSCRIBE'));
    assert.deepEqual(told.slice(0, 4), ['JOINED', 'TOKEN_EXCHANGED', 'PUBLISH_STARTED', 'TOKEN_EXCHANGED']);
    assert.deepEqual(told.slice(4).toSorted(), ['PUBLISH_STOPPED', 'TOKEN_EXCHANGED']);
    const { previousToken, newToken } = events.find(({ name }) => name === 'TOKEN_EXCHANGED') ?? {};
    assert.deepEqual([previousToken?.capabilities, newToken?.capabilities], [['SUBSCRIBE'], ['PUBLISH', 'SUBSCRIBE']]);
    assert.deepEqual([previousToken?.userId, newToken?.userId], ['guest', 'ann']);
    assert.deepEqual([previousToken?.attributes, newToken?.attributes], [{ role: 'viewer' }, { role: 'host' }]);
    const { stage: now } = await server.client.send(new GetStageCommand({ arn: stage.arn ?? '' }));
    const record = await server.client.send(
      new GetParticipantCommand({
        stageArn: stage.arn ?? '',
        sessionId: now?.activeSessionId,
        participantId: 'guest',
      }),
    );
    assert.deepEqual([record.participant?.userId, record.participant?.attributes], ['ann', { role: 'lead' }]);
  });

  test('what is received ends when subscribing is lost, and comes back when it is gained', async (t) => {
    const { stage, token, openPage } = await open(t);
    const host = await openPage();
    await host.joinStage(token('host', hosting), { subscribe: false });
    for (const [id, offered] of [
      ['by-offer', true],
      ['by-post', false],
    ] as const) {
      const page = await openPage();
      await page.joinStage(token(id, watching), { publish: false, offered });
      await page.waitForFrames('host', 10);
      const lostMs = Date.now();
      assert.equal(await page.exchangeToken(token(id, {})), 'taken');
      const ended = { name: 'stageParticipantSubscribeStateChanged', participantId: 'host', detail: 'not_subscribed' };
      await page.waitForEvent({ ...ended, afterMs: lostMs });
      await until(
        () => eventsOf(stage, id),
        (all) => all.some(({ name }) => name === 'SUBSCRIBE_STOPPED'),
      );
      assert.equal(await page.exchangeToken(token(id, watching, { attributes: { seat: '1' } })), 'taken');
      await page.waitForFrames('host', 10);
    }
  });

  test('a WHIP publish of the participant ends with the capability, whoever made it', async (t) => {
    const { stage, token, openPage } = await open(t);
    const watcher = await openPage();
    await watcher.joinStage(token('watcher', watching), { publish: false });
    const [control, camera] = [await openPage(), await openPage()];
    const hostToken = token('host', hosting);
    await control.joinStage(hostToken, { publish: false });
    await camera.postPublish(stage.endpoints?.whip ?? '', hostToken);
    await watcher.waitForFrames('host', 10);
    const lostMs = Date.now();
    assert.equal(await control.exchangeToken(token('host', watching)), 'taken');
    const unpublished = { name: 'stageParticipantPublishStateChanged', participantId: 'host', detail: 'not_published' };
    await watcher.waitForEvent({ ...unpublished, afterMs: lostMs });
    const events = await until(
      () => eventsOf(stage, 'host'),
      (all) => all.some(({ name }) => name === 'PUBLISH_STOPPED'),
    );
    const told = events.map(({ name }) => name).filter((name) => !name?.startsWith('SUBSCRIBE'));
    assert.deepEqual(told, ['JOINED', 'PUBLISH_STARTED', 'TOKEN_EXCHANGED', 'PUBLISH_STOPPED']);
  });

  test('a token that the server refuses ends the stay; one that does not fit is not sent', async (t) => {
    const { stage, token, openPage } = await open(t);
    const watcher = await openPage();
    await watcher.joinStage(token('watcher', watching), { publish: false });
    const host = await openPage();
    const hostToken = token('host', hosting);
    await host.joinStage(hostToken);
    await watcher.waitForFrames('host', 10);
    assert.equal(await host.exchangeToken(token('somebody', hosting)), '8');
    assert.equal((await host.localParticipant()).isPublishing, true);

    const forged = `${token('host', hosting, { attributes: { role: 'lead' } }).slice(0, -8)}AAAAAAAA`;
    assert.equal(await host.exchangeToken(forged), '8');
    await host.waitForEvent({ name: 'stageLeft', detail: 'failed-exchange' });
    await watcher.waitForEvent({ name: 'stageParticipantLeft', participantId: 'host' });
    assert.deepEqual((await host.localParticipant()).attributes, {});
    const names = (await eventsOf(stage, 'host')).map(({ name }) => name);
    assert.ok(!names.includes('TOKEN_EXCHANGED'));

    const back = await openPage();
    await back.joinStage(hostToken);
    await watcher.waitForFrames('host', 10);
  });

  test('an exchange and DisconnectParticipant at the same time end outside, with one reason', async (t) => {
    const { stage, token, openPage } = await open(t);
    const host = await openPage();
    await host.joinStage(token('host', hosting));
    await host.waitForEvent({ name: 'stageParticipantPublishStateChanged', detail: 'published' });
    const [outcome] = await Promise.all([
      host.exchangeToken(token('host', hosting, { attributes: { role: 'lead' } })),
      server.client.send(new DisconnectParticipantCommand({ stageArn: stage.arn ?? '', participantId: 'host' })),
    ]);
    assert.ok(['taken', '5'].includes(outcome), outcome);
    await host.waitForEvent({ name: 'stageLeft', detail: 'participant-disconnected' });
    const left = (await host.events()).filter(({ name }) => name === 'stageLeft');
    assert.equal(left.length, 1);
    const names = (await eventsOf(stage, 'host')).map(({ name }) => name);
    assert.equal(names.at(-1), 'LEFT');
  });
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { Publisher, postTo, type Signalling, subscribeByPost, VIDEO_DEFAULTS } from '@proscenium/load-test';
import { createIdentity } from '@proscenium/participant/connection';
import { type Chromium, type ChromiumPage, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { subscribeByAiortc } from '../support/post-subscriber.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { type Invited, TestStage } from '../support/stage.ts';
import type { PageEvent } from '../support/stage-page.ts';
import { until } from '../support/until.ts';
import { aiortcMissing, publishFile } from '../support/whip-publisher.ts';

const run = promisify(execFile);

/** Of the messages of the web client, of an encoder, and of the load test, which has one with each picture. */
const CLIENT_UUID = '86b4f065-4d8f-476a-8f58-985284c53c19';
const ENCODER_UUID = '086f3693-b7b3-4f2c-9653-21492feee5b8';
const MARK_UUID = '70726f73-6365-4e69-956d-2e6c6f616421';
const RECEIVED = 'stageStreamSeiMessageReceived';
const LAYER_SELECTED = 'stageStreamLayerSelected';

describe('messages inside a video', { skip: chromiumMissing() }, () => {
  let server: ServerProcess;
  let chromium: Chromium;
  let folder: string;

  before(async () => {
    // Each subscriber by POST is on a router of its own, on the other worker if need be.
    server = await startServer({ env: { PROSCENIUM_MEDIA_WORKERS: '2', PROSCENIUM_MEDIA_CONSUMERS_PER_WORKER: '2' } });
    chromium = await launchChromium();
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-sei-'));
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function invite(...userIds: string[]): Promise<{ stage: TestStage; invited: Invited[] }> {
    const stage = await TestStage.create(server, userIds);
    return { stage, invited: userIds.map((userId) => stage.invited(userId)) };
  }

  async function openPage(t: TestContext, policy?: string): Promise<ChromiumPage> {
    const page = await chromium.openPage(policy === undefined ? {} : { policy });
    t.after(() => page.close());
    return page;
  }

  /** A host and a viewer who sees the host. */
  async function meet(t: TestContext, { simulcast = false }: { simulcast?: boolean } = {}) {
    const { stage, invited } = await invite('host', 'viewer', 'other');
    const [host, viewer] = invited as [Invited, Invited];
    const [hostPage, viewerPage] = [await openPage(t), await openPage(t)];
    await hostPage.stage.joinStage(host.token, { subscribe: false, messages: true, simulcast });
    await viewerPage.stage.joinStage(viewer.token, { publish: false, messages: true });
    await viewerPage.stage.waitForFrames(host.participantId, 10);
    return { stage, host, hostPage: hostPage.stage, viewerPage: viewerPage.stage };
  }

  const isMessage = (text: string) => ({ name: RECEIVED, detail: `${CLIENT_UUID} ${text}` });
  const count = (events: PageEvent[], text: string) =>
    events.filter(({ name, detail }) => name === RECEIVED && detail === `${CLIENT_UUID} ${text}`).length;

  test('reach viewers, over the offered connection and over a posted one, as often as they are sent', async (t) => {
    const { stage, host, hostPage, viewerPage: offered } = await meet(t);
    const { stage: posted } = await openPage(t);
    await posted.joinStage(stage.invited('other').token, { publish: false, messages: true, offered: false });
    const viewers = [offered, posted];
    await posted.waitForFrames(host.participantId, 10);
    // On a machine that has much to do, the publish may have been lost meanwhile, and come again.
    await until(
      () => hostPage.insertMessage('hello'),
      (error) => error === '',
    );
    for (const viewer of viewers) {
      const { participantId } = await viewer.waitForEvent(isMessage('hello'));
      assert.equal(participantId, host.participantId);
    }

    const long = 'x'.repeat(1_023);
    assert.equal(await hostPage.insertMessage(long, 2), '');
    assert.equal(await hostPage.insertMessage('again', 30), '');
    for (const viewer of viewers) {
      await until(
        () => viewer.events(),
        (events) => count(events, 'again') === 31,
      );
    }
    assert.equal(await hostPage.insertMessage('last'), '');
    for (const viewer of viewers) {
      await viewer.waitForEvent(isMessage('last'));
      const events = await viewer.events();
      assert.deepEqual(
        ['hello', long, 'again', 'last'].map((text) => count(events, text)),
        [1, 3, 31, 1],
      );
    }
  });

  test('go with every layer, and are there after another one was chosen', async (t) => {
    const { hostPage, viewerPage } = await meet(t, { simulcast: true });
    for (const label of ['low', 'hi', 'low']) {
      const afterMs = Date.now();
      await viewerPage.preferLayer(label);
      await until(
        () => viewerPage.events(),
        (events) => {
          const chosen = events.filter(({ name }) => name === LAYER_SELECTED).at(-1);
          return chosen?.detail?.startsWith(`${label} `) === true;
        },
      );
      assert.equal(await hostPage.insertMessage(`${label} ${afterMs}`, 2), '');
      await viewerPage.waitForEvent(isMessage(`${label} ${afterMs}`));
    }
  });

  test('are read while the strategy asks for them', async (t) => {
    const { invited } = await invite('host', 'viewer');
    const [host, viewer] = invited as [Invited, Invited];
    const [{ stage: hostPage }, { stage: viewerPage }] = [await openPage(t), await openPage(t)];
    const insert = async (text: string) => assert.equal(await hostPage.insertMessage(text), '');
    await hostPage.joinStage(host.token, { subscribe: false, messages: true });
    await viewerPage.joinStage(viewer.token, { publish: false });
    await viewerPage.waitForFrames(host.participantId, 10);
    await insert('zero');

    // What is received already comes over another connection then.
    const afterMs = Date.now();
    await viewerPage.readMessages(true);
    await viewerPage.waitForEvent({ name: 'stageParticipantStreamsAdded', afterMs });
    await viewerPage.waitForFrames(host.participantId, 10);
    await insert('one');
    await viewerPage.waitForEvent(isMessage('one'));

    await viewerPage.readMessages(false);
    await insert('two');
    await viewerPage.waitForFrames(host.participantId, 15);
    await viewerPage.readMessages(true);
    await insert('three');
    await viewerPage.waitForEvent(isMessage('three'));
    const events = await viewerPage.events();
    assert.deepEqual([count(events, 'zero'), count(events, 'two')], [0, 0]);
  });

  test('reach clients that are no browsers', { skip: aiortcMissing() }, async (t) => {
    const { stage, host, hostPage } = await meet(t);
    const target = { url: stage.subscribeUrl(host.participantId), token: stage.invited('other').token };
    const subscriber = subscribeByAiortc(target, { videoCodec: 'H264' });
    t.after(() => subscriber.kill());
    await subscriber.receive(10);
    assert.equal(await hostPage.insertMessage('hello', 30), '');
    assert.equal(await subscriber.receiveMessage(CLIENT_UUID), 'hello');
    await subscriber.stop();
  });

  test('come from encoders, under their own UUID', { skip: aiortcMissing() }, async (t) => {
    const file = path.join(folder, 'messages.ts');
    const source = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=15:duration=90'];
    const encoder = [
      '-c:v',
      'libx264',
      '-profile:v',
      'baseline',
      '-preset',
      'ultrafast',
      '-tune',
      'zerolatency',
      '-g',
      '15',
    ];
    const messages = ['-bsf:v', `h264_metadata=sei_user_data=${ENCODER_UUID}+from an encoder`];
    await run('ffmpeg', ['-v', 'error', ...source, '-pix_fmt', 'yuv420p', ...encoder, ...messages, file]);
    const { stage, invited } = await invite('encoder', 'viewer', 'other');
    const [publisher, viewer, other] = invited as [Invited, Invited, Invited];
    const child = publishFile({ url: stage.whipUrl, token: publisher.token }, file);
    t.after(() => child.kill());
    const page = await openPage(t);
    await page.stage.joinStage(viewer.token, { publish: false, messages: true });
    const { participantId } = await page.stage.waitForEvent({
      name: RECEIVED,
      detail: `${ENCODER_UUID} from an encoder\0`,
    });
    assert.equal(participantId, publisher.participantId);

    const target = { url: stage.subscribeUrl(publisher.participantId), token: other.token };
    const subscriber = subscribeByAiortc(target, { videoCodec: 'H264' });
    t.after(() => subscriber.kill());
    assert.equal(await subscriber.receiveMessage(ENCODER_UUID), 'from an encoder\0');
    await subscriber.stop();
  });

  test('are passed on with each picture in each layer, over several workers', async (t) => {
    const { stage, invited } = await invite('publisher', 'viewer', ...['a', 'b', 'c', 'd']);
    const [publisher, viewer, ...others] = invited as [Invited, Invited, ...Invited[]];
    const identity = await createIdentity();
    const layer = { keyFrameIntervalSeconds: 2 };
    const sending = await Publisher.start(postTo(stage.whipUrl, publisher.token), {
      identity,
      video: { ...VIDEO_DEFAULTS, bitrateBps: 600_000 },
      lowerLayers: [
        { ...layer, width: 320, height: 180, bitrateBps: 100_000 },
        { ...layer, width: 640, height: 360, bitrateBps: 250_000 },
      ],
      audio: false,
    });
    t.after(() => sending.vanish());
    const mediaPorts = new Set<string>();
    for (const { token } of others) {
      const post = postTo(stage.subscribeUrl(publisher.participantId), token);
      const signalling: Signalling = async (offer) => {
        const answered = await post(offer);
        for (const [, port = ''] of answered.answer.matchAll(/^a=candidate:\S+ 1 udp \d+ \S+ (\d+) /gm))
          mediaPorts.add(port);
        return answered;
      };
      const { receiver } = await subscribeByPost(signalling, ['video'], { identity, openEveryPictures: 1 });
      t.after(() => receiver.close());
      await until(
        async () => receiver.received.latenciesMs.length,
        (marks) => marks >= 30,
      );
    }
    assert.equal(mediaPorts.size, 2, 'each worker has a port of its own');

    const { stage: page } = await openPage(t);
    await page.joinStage(viewer.token, { publish: false, messages: true });
    for (const label of ['low', 'mid', 'hi']) {
      await page.preferLayer(label);
      await until(
        () => page.events(),
        (events) => events.some(({ name, detail }) => name === LAYER_SELECTED && detail?.startsWith(`${label} `)),
      );
      const marks = async () => (await page.events()).filter(({ detail }) => detail?.startsWith(MARK_UUID)).length;
      const before = await marks();
      await until(marks, (now) => now >= before + 30);
    }
  });

  test('are refused outside the limits, and where nothing carries them', async (t) => {
    const { invited } = await invite('host', 'plain');
    const [host, plain] = invited as [Invited, Invited];
    const page = await openPage(t);
    await page.stage.joinStage(host.token, { messages: true });
    await page.stage.waitForEvent({ name: 'stageParticipantPublishStateChanged', detail: 'published' });
    assert.match(await page.stage.insertMessage(''), /^RangeError: .* not 0$/);
    assert.match(await page.stage.insertMessage('x'.repeat(1_024)), /^RangeError: .* not 1024$/);
    assert.match(await page.stage.insertMessage('x', 31), /^RangeError: repeatCount is 0 to 30, not 31$/);
    for (let each = 0; each < 10; each += 1) assert.equal(await page.stage.insertMessage('x'.repeat(1_023)), '');
    assert.match(await page.stage.insertMessage('x'.repeat(11)), /^RangeError: .* 10240 bytes/);
    await page.stage.setMuted('video', true);
    assert.match(await page.stage.insertMessage('x'), /^StageError: .*: the stream is muted$/);

    const plainPage = await openPage(t);
    await plainPage.stage.joinStage(plain.token);
    assert.match(await plainPage.stage.insertMessage('x'), /^StageError: .*: inBandMessaging is not enabled/);
  });

  test('are not there where the policy of the page lets no script of a blob run, and all else is', async (t) => {
    const { stage, invited } = await invite('host', 'viewer');
    const [host, viewer] = invited as [Invited, Invited];
    const policy = policyFor(stage);
    const [hostPage, viewerPage] = [await openPage(t, policy), await openPage(t, policy)];
    await hostPage.stage.joinStage(host.token, { subscribe: false, messages: true });
    await viewerPage.stage.joinStage(viewer.token, { publish: false, messages: true });
    const { detail, category } = await viewerPage.stage.waitForEvent({ name: 'error' });
    assert.equal(category, 'SUBSCRIBE_ERROR');
    assert.match(detail ?? '', /^4 .*: the worker cannot be started/);
    await viewerPage.stage.waitForFrames(host.participantId, 10);
    assert.match(await hostPage.stage.insertMessage('x'), /^StageError: .*: the worker cannot be started/);
  });

  test('are there where the page may start the worker from its own server', async (t) => {
    const { stage, invited } = await invite('host', 'viewer');
    const [host, viewer] = invited as [Invited, Invited];
    const policy = policyFor(stage);
    const [hostPage, viewerPage] = [await openPage(t, policy), await openPage(t, policy)];
    const options = { messages: true, inBandWorkerUrl: '/bundle/web-broadcast.worker.js' };
    await hostPage.stage.joinStage(host.token, { subscribe: false, ...options });
    await viewerPage.stage.joinStage(viewer.token, { publish: false, ...options });
    await viewerPage.stage.waitForFrames(host.participantId, 10);
    assert.equal(await hostPage.stage.insertMessage('hello'), '');
    await viewerPage.stage.waitForEvent(isMessage('hello'));
  });

  test('are not there where the script is another one, and all else is', async (t) => {
    const { invited } = await invite('host', 'viewer');
    const [host, viewer] = invited as [Invited, Invited];
    const [{ stage: hostPage }, { stage: viewerPage }] = [await openPage(t), await openPage(t)];
    const options = { messages: true, inBandWorkerUrl: '/page/metronome.js?framesPerSecond=1' };
    await hostPage.joinStage(host.token, { subscribe: false, ...options });
    await viewerPage.joinStage(viewer.token, { publish: false, ...options });
    const { detail } = await viewerPage.waitForEvent({ name: 'error' });
    assert.match(detail ?? '', /^4 .*: the worker does not answer/);
    await viewerPage.waitForFrames(host.participantId, 10);
    assert.match(await hostPage.insertMessage('x'), /^StageError: .*: the worker does not answer/);
  });

  test('are not looked for in VP8', async (t) => {
    const { stage, invited } = await invite('host', 'viewer');
    const [host, viewer] = invited as [Invited, Invited];
    const [hostPage, viewerPage] = [await openPage(t), await openPage(t)];
    await hostPage.stage.postPublish(stage.whipUrl, host.token, { videoCodec: 'video/VP8' });
    await viewerPage.stage.joinStage(viewer.token, { publish: false, messages: true });
    await viewerPage.stage.waitForFrames(host.participantId, 10);
    assert.deepEqual(
      (await viewerPage.stage.events()).filter(({ name }) => name === RECEIVED || name === 'error'),
      [],
    );
  });
});

/** A page may load what its own server has, and speak to the stage. */
function policyFor({ whipUrl }: TestStage): string {
  const { origin } = new URL(whipUrl);
  return `default-src 'none'; script-src 'self'; worker-src 'self'; connect-src ${origin} ${origin.replace('http', 'ws')}`;
}

import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import {
  DeleteStageCommand,
  DisconnectParticipantCommand,
  ListParticipantReplicasCommand,
  type Event as ParticipantEvent,
  StartParticipantReplicationCommand,
  StopParticipantReplicationCommand,
} from '@aws-sdk/client-ivs-realtime';
import { type Chromium, type ChromiumPage, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { mediaWorkersOf } from '../support/media-worker.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';
import { publishByFfmpeg } from '../support/whip-publisher.ts';

/** A stage, and the one who publishes in it. */
interface Side {
  stage: TestStage;
  id: string;
  token: string;
  page: ChromiumPage;
}

describe('a publisher that is replicated', { skip: chromiumMissing() }, () => {
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

  async function openPage(t: TestContext): Promise<ChromiumPage> {
    const page = await chromium.openPage();
    t.after(() => page.close());
    return page;
  }

  /** Somebody publishes in a stage of its own. */
  async function openSide(t: TestContext, userId: string): Promise<Side> {
    const stage = await TestStage.create(server, [userId, 'viewer']);
    const { token, participantId: id } = stage.invited(userId);
    const page = await openPage(t);
    await page.stage.joinStage(token);
    await stage.untilSession();
    await stage.untilEvent(await stage.activeSessionId(), id, 'PUBLISH_STARTED');
    return { stage, id, token, page };
  }

  /** Somebody else in a stage who only looks. */
  async function watch(t: TestContext, stage: TestStage): Promise<ChromiumPage> {
    const page = await openPage(t);
    await page.stage.joinStage(stage.invited('viewer').token, { publish: false });
    return page;
  }

  function nameReplication(source: { stage: TestStage; id: string }, destination: { stage: TestStage }) {
    return {
      sourceStageArn: source.stage.arn,
      destinationStageArn: destination.stage.arn,
      participantId: source.id,
    };
  }

  function replicate(
    source: { stage: TestStage; id: string },
    destination: { stage: TestStage },
    options: { reconnectWindowSeconds?: number; attributes?: Record<string, string> } = {},
  ) {
    const replication = { ...nameReplication(source, destination), ...options };
    return server.client.send(new StartParticipantReplicationCommand(replication));
  }

  async function replicasOf({ stage, id }: { stage: TestStage; id: string }) {
    const list = new ListParticipantReplicasCommand({ sourceStageArn: stage.arn, participantId: id });
    return (await server.client.send(list)).replicas ?? [];
  }

  async function statesOf(source: { stage: TestStage; id: string }): Promise<string> {
    return (await replicasOf(source)).map(({ replicationState }) => replicationState).join();
  }

  test('is seen and heard in the other stage, and so is its rival; each until it is stopped', async (t) => {
    const [alice, bob] = [await openSide(t, 'alice'), await openSide(t, 'bob')];
    const viewer = await watch(t, bob.stage);
    await replicate(alice, bob, { attributes: { seat: 'guest', role: 'rival' } });
    await replicate(bob, alice);
    const [from, to] = [await alice.stage.activeSessionId(), await bob.stage.activeSessionId()];

    const hear = async (page: ChromiumPage, { id }: Side) => {
      const { heard, peaksHz } = await page.stage.hearTone(id);
      assert.ok(heard, `peaks at ${peaksHz} Hz`);
    };
    await Promise.all([
      bob.page.stage.waitForFrames(alice.id, 10),
      alice.page.stage.waitForFrames(bob.id, 10),
      viewer.stage.waitForFrames(alice.id, 10),
      viewer.stage.waitForFrames(bob.id, 10),
      hear(alice.page, bob),
      hear(viewer, alice),
    ]);
    await viewer.stage.waitForEvent({ name: 'stageAudioLevelsChanged' });
    assert.deepEqual(await viewer.stage.attributesOf(alice.id), { seat: 'guest', role: 'rival' });
    assert.deepEqual(await alice.page.stage.attributesOf(bob.id), { seat: '0' });

    const { token } = bob.stage.invited('viewer');
    const posted = await viewer.stage.postSubscribe(bob.stage.subscribeUrl(alice.id), token);
    await viewer.stage.waitForFrames(posted.location, 10);
    await viewer.stage.deletePosted(posted.location, token);

    const mutedMs = Date.now();
    await alice.page.stage.setMuted('video', true);
    const muted = { name: 'stageStreamMuteChanged', participantId: alice.id, afterMs: mutedMs };
    await viewer.stage.waitForEvent({ ...muted, detail: 'video muted' });
    await alice.page.stage.setMuted('video', false);
    await viewer.stage.waitForEvent({ ...muted, detail: 'video unmuted' });
    await viewer.stage.waitForFrames(alice.id, 10);

    const active = { replicationType: 'REPLICA', replicationState: 'ACTIVE' };
    const origin = { sourceStageArn: alice.stage.arn, sourceSessionId: from };
    const listed = (await bob.stage.participants(to)).find(({ participantId }) => participantId === alice.id);
    const { firstJoinTime, ...summary } = listed ?? {};
    assert.ok(firstJoinTime);
    assert.deepEqual(summary, {
      participantId: alice.id,
      userId: 'alice',
      state: 'CONNECTED',
      published: true,
      recordingState: 'DISABLED',
      redundantIngest: false,
      ...active,
      ...origin,
    });
    const { replicationType, replicationState } = await alice.stage.participant(from, alice.id);
    assert.deepEqual([replicationType, replicationState], ['SOURCE', 'ACTIVE']);
    const listedReplicas = [{ ...origin, ...nameReplication(alice, bob), destinationSessionId: to }];
    assert.deepEqual(
      await replicasOf(alice),
      listedReplicas.map((replica) => ({ ...replica, replicationState: 'ACTIVE' })),
    );

    const left = { name: 'stageParticipantLeft', participantId: alice.id };
    await server.client.send(new StopParticipantReplicationCommand(nameReplication(alice, bob)));
    await viewer.stage.waitForEvent(left);
    await bob.page.stage.waitForEvent(left);
    await alice.page.stage.waitForFrames(bob.id, 10);
    assert.deepEqual(
      await replicasOf(alice),
      listedReplicas.map((replica) => ({ ...replica, replicationState: 'STOPPED' })),
    );
    const { participantId: viewerId } = bob.stage.invited('viewer');
    await until(
      () => bob.stage.events(to, viewerId),
      (events) => events.filter(({ name }) => name === 'SUBSCRIBE_STOPPED').length === 2,
    );

    const destination = { destinationStageArn: bob.stage.arn, destinationSessionId: to };
    assert.deepEqual(told(await alice.stage.events(from, alice.id), bob.id), [
      { name: 'JOINED', participantId: alice.id, replica: false },
      { name: 'PUBLISH_STARTED', participantId: alice.id, replica: false },
      { name: 'REPLICATION_STARTED', participantId: alice.id, replica: false, ...destination },
      { name: 'REPLICATION_STOPPED', participantId: alice.id, replica: false, ...destination },
    ]);
    assert.deepEqual(
      told(await bob.stage.events(to, alice.id)),
      visit.map((name) => ({ name, participantId: alice.id, replica: true })),
    );
    const subscription = { participantId: viewerId, remoteParticipantId: alice.id, replica: true };
    assert.deepEqual(
      told(await bob.stage.events(to, viewerId)).filter(({ remoteParticipantId }) => remoteParticipantId === alice.id),
      ['SUBSCRIBE_STARTED', 'SUBSCRIBE_STARTED', 'SUBSCRIBE_STOPPED', 'SUBSCRIBE_STOPPED'].map((name) => ({
        name,
        ...subscription,
      })),
    );
    const ofBob = told(await bob.stage.events(to, viewerId)).filter((event) => event.remoteParticipantId === bob.id);
    assert.deepEqual(ofBob, [
      { name: 'SUBSCRIBE_STARTED', ...subscription, remoteParticipantId: bob.id, replica: false },
    ]);
    const ends = (await viewer.stage.events()).filter(({ name }) => name === 'error' || name === 'stageLeft');
    assert.deepEqual(ends, []);
  });

  test('is back in both stages by itself when its page comes back within the window', async (t) => {
    const alice = await openSide(t, 'alice');
    const destination = { stage: await TestStage.create(server, ['viewer']) };
    const viewer = await watch(t, destination.stage);
    await replicate(alice, destination, { reconnectWindowSeconds: 300, attributes: { role: 'rival' } });
    await viewer.stage.waitForFrames(alice.id, 10);
    const sessions = [await alice.stage.activeSessionId(), await destination.stage.activeSessionId()];

    await alice.page.close();
    await viewer.stage.waitForEvent({ name: 'stageParticipantLeft', participantId: alice.id });
    assert.equal(await statesOf(alice), 'ACTIVE');
    const [from = '', to = ''] = sessions;
    await destination.stage.untilEvent(to, alice.id, 'LEFT');
    const { state, replicationState } = await destination.stage.participant(to, alice.id);
    assert.deepEqual([state, replicationState], ['DISCONNECTED', 'ACTIVE']);

    const backMs = Date.now();
    await (await openPage(t)).stage.joinStage(alice.token);
    await viewer.stage.waitForEvent({ name: 'stageParticipantJoined', participantId: alice.id, afterMs: backMs });
    await viewer.stage.waitForFrames(alice.id, 10);
    assert.deepEqual(await viewer.stage.attributesOf(alice.id), { seat: '0', role: 'rival' });
    assert.equal(await statesOf(alice), 'ACTIVE');
    assert.deepEqual([await alice.stage.activeSessionId(), await destination.stage.activeSessionId()], sessions);
    assert.deepEqual(
      told(await destination.stage.events(to, alice.id)).map(({ name }) => name),
      [...visit, ...visit.slice(0, 2)],
    );
    const ofSource = told(await alice.stage.events(from, alice.id)).map(({ name }) => name ?? '');
    assert.deepEqual(
      ofSource.filter((name) => name.startsWith('REPLICATION')),
      ['REPLICATION_STARTED'],
    );
  });

  test('is in its own stage alone when it comes back later', async (t) => {
    const alice = await openSide(t, 'alice');
    const destination = { stage: await TestStage.create(server, ['viewer']) };
    const viewer = await watch(t, destination.stage);
    await replicate(alice, destination, { reconnectWindowSeconds: 1 });
    await viewer.stage.waitForFrames(alice.id, 10);
    await alice.page.close();
    await until(
      () => statesOf(alice),
      (states) => states === 'STOPPED',
    );
    const sessionId = await destination.stage.activeSessionId();
    const page = await openPage(t);
    await page.stage.joinStage(alice.token);
    const source = await watch(t, alice.stage);
    await source.stage.waitForFrames(alice.id, 10);
    const left = await viewer.stage.waitForEvent({ name: 'stageParticipantLeft', participantId: alice.id });
    const { replicationState } = await destination.stage.participant(sessionId, alice.id);
    assert.equal(replicationState, 'STOPPED');
    const joined = (await viewer.stage.events()).filter(({ name }) => name === 'stageParticipantJoined');
    assert.ok(joined.every(({ participantId, atMs }) => participantId !== alice.id || atMs < left.atMs));
  });

  test('by WHIP is replicated like any other, and again after a pause', async (t) => {
    const stage = await TestStage.create(server, ['host']);
    const { token, participantId: id } = stage.invited('host');
    const target = { url: stage.whipUrl, token };
    const source = { stage, id };
    const destination = { stage: await TestStage.create(server, ['viewer']) };
    const viewer = await watch(t, destination.stage);
    const publishing = async () => {
      const publisher = publishByFfmpeg(target);
      t.after(() => publisher.kill());
      const sessionId = await stage.untilSession();
      await until(
        () => stage.events(sessionId, id),
        (events) => events.findLast(({ name }) => name?.startsWith('PUBLISH'))?.name === 'PUBLISH_STARTED',
      );
      return publisher;
    };
    const publisher = await publishing();
    await replicate(source, destination, { reconnectWindowSeconds: 60 });
    await viewer.stage.waitForFrames(id, 10);
    await publisher.stop();
    await viewer.stage.waitForEvent({ name: 'stageParticipantLeft', participantId: id });
    await publishing();
    await viewer.stage.waitForFrames(id, 10);
    assert.equal(await statesOf(source), 'ACTIVE');
  });

  test('is heard in the other stage when it sends sound alone', async (t) => {
    const stage = await TestStage.create(server, ['host']);
    const { token, participantId: id } = stage.invited('host');
    const page = await openPage(t);
    await page.stage.postPublish(stage.whipUrl, token, { kinds: ['audio'] });
    await stage.untilEvent(await stage.untilSession(), id, 'PUBLISH_STARTED');
    const destination = { stage: await TestStage.create(server, ['viewer']) };
    const viewer = await watch(t, destination.stage);
    await replicate({ stage, id }, destination);
    const { heard, peaksHz } = await viewer.stage.hearTone(id, { seconds: 1 });
    assert.ok(heard, `peaks at ${peaksHz} Hz`);
  });

  test('sends the layers that somebody in the other stage may receive', async (t) => {
    const stage = await TestStage.create(server, ['host']);
    const { token, participantId: id } = stage.invited('host');
    const page = await openPage(t);
    const sending = (...rids: string[]) =>
      until(
        () => page.stage.sentLayers(),
        (layers) =>
          layers
            .flatMap(({ rid, active }) => (active ? [rid] : []))
            .sort()
            .join() === rids.sort().join(),
      );
    await page.stage.joinStage(token, { subscribe: false, simulcast: true });
    await sending('low', 'hi');
    await stage.untilEvent(await stage.untilSession(), id, 'PUBLISH_STARTED');
    const destination = { stage: await TestStage.create(server, ['viewer']) };
    await replicate({ stage, id }, destination);
    await sending('low');
    const viewer = await watch(t, destination.stage);
    await sending('low', 'hi');
    await viewer.stage.waitForFrames(id, 10);
    await viewer.stage.waitForEvent({ name: 'stageStreamLayersChanged', participantId: id });
    await viewer.stage.waitForEvent({ name: 'stageStreamLayerSelected', participantId: id });
    await viewer.stage.leaveStage();
    await sending('low');
  });

  test('is gone from the other stage when its stage is deleted or it is disconnected, whatever the window', async (t) => {
    const [alice, bob] = [await openSide(t, 'alice'), await openSide(t, 'bob')];
    const destination = { stage: await TestStage.create(server, ['viewer']) };
    const viewer = await watch(t, destination.stage);
    for (const side of [alice, bob]) await replicate(side, destination, { reconnectWindowSeconds: 300 });
    for (const { id } of [alice, bob]) await viewer.stage.waitForFrames(id, 10);
    const sessionId = await destination.stage.activeSessionId();
    const isGone = async ({ id }: Side) => {
      await viewer.stage.waitForEvent({ name: 'stageParticipantLeft', participantId: id });
      await destination.stage.untilEvent(sessionId, id, 'LEFT');
      const { state, replicationState } = await destination.stage.participant(sessionId, id);
      assert.deepEqual([state, replicationState], ['DISCONNECTED', 'STOPPED']);
    };
    await server.client.send(new DeleteStageCommand({ arn: alice.stage.arn }));
    await isGone(alice);
    await server.client.send(new DisconnectParticipantCommand({ stageArn: bob.stage.arn, participantId: bob.id }));
    await isGone(bob);
  });

  test('is back in the other stage whichever of two media workers dies', async (t) => {
    const server = await startServer({ env: { PROSCENIUM_MEDIA_WORKERS: '2' } });
    t.after(() => server.stop());
    const [source, destination] = [
      await TestStage.create(server, ['host']),
      await TestStage.create(server, ['viewer']),
    ];
    const { token, participantId } = source.invited('host');
    const [host, viewer] = [await openPage(t), await openPage(t)];
    await host.stage.joinStage(token);
    await source.untilEvent(await source.untilSession(), participantId, 'PUBLISH_STARTED');
    await viewer.stage.joinStage(destination.invited('viewer').token, { publish: false });
    const replication = { sourceStageArn: source.arn, destinationStageArn: destination.arn, participantId };
    await server.client.send(new StartParticipantReplicationCommand({ ...replication, reconnectWindowSeconds: 60 }));
    await viewer.stage.waitForFrames(participantId, 10);

    // Each stage is on one of them, and moves to the other one when it is hit: the second kill may hit both.
    for (const pid of await mediaWorkersOf(server.pid)) {
      // What breaks at once is not made again.
      const { heard } = await viewer.stage.hearTone(participantId, { seconds: 2 });
      assert.ok(heard);
      const killedMs = Date.now();
      process.kill(pid, 'SIGKILL');
      await viewer.stage.waitForEvent({ name: 'stageParticipantJoined', participantId, afterMs: killedMs });
      await viewer.stage.waitForFrames(participantId, 10);
      t.diagnostic(`decoded again ${Date.now() - killedMs} ms after a worker was killed`);
    }
    const list = new ListParticipantReplicasCommand({ sourceStageArn: source.arn, participantId });
    const { replicas = [] } = await server.client.send(list);
    assert.deepEqual(
      replicas.map(({ replicationState }) => replicationState),
      ['ACTIVE'],
    );
  });

  test('is back in both stages by itself within the window when the server starts again', async (t) => {
    let server: ServerProcess | undefined;
    t.after(() => server?.stop());
    const dataFolder = await createDataFolder(t);
    server = await startServer({ dataFolder });
    const source = await TestStage.create(server, ['host']);
    const destination = await TestStage.create(server, ['viewer']);
    const { token, participantId } = source.invited('host');
    const [host, viewer] = [await openPage(t), await openPage(t)];
    await host.stage.joinStage(token);
    await source.untilEvent(await source.untilSession(), participantId, 'PUBLISH_STARTED');
    await viewer.stage.joinStage(destination.invited('viewer').token, { publish: false });
    const replication = { sourceStageArn: source.arn, destinationStageArn: destination.arn, participantId };
    await server.client.send(new StartParticipantReplicationCommand({ ...replication, reconnectWindowSeconds: 300 }));
    await viewer.stage.waitForFrames(participantId, 10);
    const sessionId = await destination.activeSessionId();
    const visits = [...visit];

    for (const end of ['stop', 'kill'] as const) {
      const endedMs = Date.now();
      // A client tries for 30 seconds; a busy machine may take longer to start a server.
      const asleep = await Promise.all([host.sleep(), viewer.sleep()]);
      await server[end]();
      server = await startServer({ dataFolder, args: ['--listen', new URL(server.endpoint).host] });
      await Promise.all(asleep.map(({ wake }) => wake()));
      await viewer.stage.waitForEvent({ name: 'stageParticipantStreamsAdded', participantId, afterMs: endedMs });
      await viewer.stage.waitForFrames(participantId, 10);

      assert.deepEqual(
        told(await destination.on(server).events(sessionId, participantId)),
        [...visits, ...visit.slice(0, 2)].map((name) => ({ name, participantId, replica: true })),
      );
      visits.push(...visit);
      const list = new ListParticipantReplicasCommand({ sourceStageArn: source.arn, participantId });
      const states = (await server.client.send(list)).replicas?.map(({ replicationState }) => replicationState);
      assert.deepEqual(states, ['ACTIVE']);
    }
  });
});

/** What happens to a replica that comes and goes. */
const visit = ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT'];

/** Events without their times. @param except whose publishes and subscriptions are left out */
function told(events: ParticipantEvent[], except?: string): Omit<ParticipantEvent, 'eventTime'>[] {
  return events
    .filter(({ remoteParticipantId }) => except === undefined || remoteParticipantId !== except)
    .map(({ eventTime, ...event }) => event);
}

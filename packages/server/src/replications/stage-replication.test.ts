import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { MediaRefusal, type StageMedia } from '@proscenium/media';
import type { Event } from '@proscenium/model';
import { silentLogger } from '../http/api-server.fixture.ts';
import { readClientData } from '../participants/client-data.ts';
import type { StageRef } from '../participants/live-stages.ts';
import { listEvents } from '../participants/participant-event-table.ts';
import { findParticipant } from '../participants/participant-table.ts';
import { openStage } from '../participants/registry.fixture.ts';
import { findRunningSession } from '../participants/stage-session-table.ts';
import { StageErrorCode } from '../signalling/close-codes.ts';
import { publishOffer } from '../signalling/offer.fixture.ts';
import { openSocketPair } from '../signalling/socket-pair.fixture.ts';
import { ClientSocket } from '../signalling/stage-client.fixture.ts';
import { stages } from '../stages/stage-table.ts';
import type { Store } from '../store/store.ts';
import { admitParticipant } from '../tokens/admit-participant.ts';
import { until } from '../until.fixture.ts';
import { Replications } from './replications.ts';
import { StageReplication } from './stage-replication.ts';

const client = readClientData({
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36',
});
const { countryCode: _, ...told } = client;
const newest = { before: Number.MAX_SAFE_INTEGER, limit: 100 };

/** Two stages with real media, and a host who publishes in the first. */
async function openDuel(t: TestContext) {
  let store: Store | undefined;
  const running = await openStage(t, {
    sessionLingerMs: 0,
    replicasIn: (ref) => replications.replicasIn(ref),
    exchange: async (present, token) => ({ ...present, ...JSON.parse(token) }),
    admit: async (claims) => {
      if (store) await admitParticipant(store.db, claims);
    },
  });
  store = running.store;
  const { db } = running.store;
  const { sfu, registry, stage: source, claimsOf, clock, eventLog, events, call } = running;
  const media: StageMedia[] = [];
  const createStage = sfu.createStage.bind(sfu);
  t.mock.method(sfu, 'createStage', async () => {
    const created = await createStage();
    media.push(created);
    return created;
  });
  const replications = new Replications({
    store: running.store,
    live: registry,
    media: new StageReplication(registry),
    events: eventLog,
    clock,
    logger: silentLogger,
    quotas: { publishersPerStage: 12, replicationsPerParticipant: 5 },
  });
  t.after(() => replications.close());
  const destination: StageRef = { ...source, stageId: (await call('CreateStage')).stage.arn.split('/')[1] };
  const order = { source, destination, participantId: 'host' };
  const claims = { ...claimsOf('host'), userId: 'host-1', attributes: { seat: '1', team: 'red' } };

  return {
    ...running,
    destination,
    order,
    replications,
    /** Publishes; that packets come is only said. */
    async publish(ref = source) {
      const live = registry.stage(ref);
      const { resourceId } = await live.publish({ ...claims, stage: ref }, client, publishOffer);
      const published = registry.findResource(ref, 'host', resourceId)?.media;
      const [publisher] = media.flatMap((each) => each.publisher('host') ?? []).filter((each) => each === published);
      assert.ok(publisher);
      for (const producer of publisher.producers.values()) producer.emit('score', []);
      return publisher;
    },
    async start({ reconnectWindowSeconds = 0, attributes = {} } = {}): Promise<void> {
      await replications.start({ ...order, reconnectWindowSeconds, attributes });
    },
    sessionOf: (ref: StageRef) => findRunningSession(db, ref),
    /** Nobody is there: it ends with the next tick of the clock. */
    async untilSessionEnds(ref: StageRef): Promise<void> {
      await until(
        () => {
          clock.advance(0);
          return findRunningSession(db, ref);
        },
        (session) => session === undefined,
      );
    },
    /** Those who publish there. */
    async untilPublishers(ref: StageRef, ...ids: string[]): Promise<void> {
      await until(
        () => registry.publishers(ref),
        (publishers) => publishers.join() === ids.join(),
      );
    },
    /** Oldest first, as the API lists them. */
    async eventsOf(ref: StageRef, sessionId = ''): Promise<Event[]> {
      await registry.write(ref, async () => {}); // comes after whatever the stage had to write
      return (await listEvents(db, ref, sessionId, 'host', newest)).map(({ event }) => event).reverse();
    },
    /** What was told of the stage by its resource, oldest first. */
    updatesOf: ({ stageId, ...scope }: StageRef) =>
      events
        .filter(({ resourceArn }) => resourceArn === stages.arn(scope, { id: stageId }))
        .map(({ detail: { event_time, event_time_precise, ...detail } }) => detail),
    /** Somebody who only looks. */
    async watch(ref: StageRef, participantId = 'viewer') {
      const { socket, client: webSocket } = await openSocketPair(t);
      const watcher = new ClientSocket(webSocket);
      await registry.stage(ref).connect({ ...claimsOf(participantId), stage: ref }, client, socket);
      return watcher;
    },
  };
}

type Duel = Awaited<ReturnType<typeof openDuel>>;

const names = (events: readonly Event[]) => events.map(({ name }) => name);

test('a replica is a participant of the destination, told of and written down as one', async (t) => {
  const duel = await openDuel(t);
  const {
    publish,
    start,
    stage: source,
    destination,
    replications,
    sessionOf,
    eventsOf,
    updatesOf,
    store,
    clock,
  } = duel;
  await publish();
  await start({ attributes: { team: 'blue', role: 'rival' } });
  const [from, to] = [await sessionOf(source), await sessionOf(destination)];
  assert.ok(from && to);
  const record = await findParticipant(store.db, destination, to.sessionId, 'host');
  assert.deepEqual(record, {
    participantId: 'host',
    userId: 'host-1',
    attributes: { seat: '1', team: 'blue', role: 'rival' },
    state: 'CONNECTED',
    firstJoinTime: clock.now(),
    published: true,
    protocol: 'WHIP',
    ...told,
    ispName: '',
    recordingState: 'DISABLED',
    recordingS3BucketName: '',
    recordingS3Prefix: '',
    replicationType: 'REPLICA',
    redundantIngest: false,
    sourceStageArn: stages.arn(source, { id: source.stageId }),
    sourceSessionId: from.sessionId,
  });
  clock.advance(1_000);
  await replications.stop(duel.order);
  const eventTime = clock.now();
  const began = new Date(eventTime.getTime() - 1_000);
  assert.deepEqual(
    await eventsOf(destination, to.sessionId),
    [
      ['JOINED', began],
      ['PUBLISH_STARTED', began],
      ['PUBLISH_STOPPED', eventTime],
      ['LEFT', eventTime],
    ].map(([name, time]) => ({ name, participantId: 'host', eventTime: time, replica: true })),
  );
  const participant = { user_id: 'host-1', participant_id: 'host' };
  const published = {
    session_id: to.sessionId,
    ...participant,
    replica: true,
    source_stage_arn: stages.arn(source, { id: source.stageId }),
    source_session_id: from.sessionId,
  };
  assert.deepEqual(updatesOf(destination), [
    { event_name: 'Participant Published', ...published },
    { event_name: 'Participant Unpublished', ...published },
  ]);
  const replicated = {
    session_id: from.sessionId,
    ...participant,
    destination_stage_arn: stages.arn(destination, { id: destination.stageId }),
    destination_session_id: to.sessionId,
  };
  assert.deepEqual(updatesOf(source), [
    { event_name: 'Participant Published', session_id: from.sessionId, ...participant, replica: false },
    { event_name: 'Participant Replication Start', ...replicated },
    { event_name: 'Participant Replication End', ...replicated },
  ]);
  assert.deepEqual((await findParticipant(store.db, destination, to.sessionId, 'host'))?.state, 'DISCONNECTED');
});

test('a replica is shown to the others in the stage, muted as its publisher is', async (t) => {
  const { publish, start, stage, destination, watch } = await openDuel(t);
  const host = await watch(stage, 'host');
  await publish();
  const viewer = await watch(destination);
  await host.send('MUTE', { audioMuted: true, videoStopped: false });
  await host.state((participants) => participants.some((each) => 'audioMuted' in each && each.audioMuted === true));
  await start();
  const [, replica] = await viewer.state((participants) => participants.some(({ isPublishing }) => isPublishing));
  const { publishId, ...shown } = replica as unknown as Record<string, unknown>;
  assert.equal(typeof publishId, 'string');
  assert.deepEqual(shown, {
    id: 'host',
    userId: '',
    attributes: {},
    capabilities: ['publish', 'subscribe'],
    isPublishing: true,
    tracks: [{ kind: 'audio' }, { kind: 'video' }],
    audioMuted: true,
    videoStopped: false,
  });
  await host.send('MUTE', { audioMuted: false, videoStopped: true });
  await viewer.state((participants) =>
    participants.some(
      (each) => 'audioMuted' in each && 'videoStopped' in each && !each.audioMuted && each.videoStopped === true,
    ),
  );
});

test('a replica takes over the attributes of its publisher’s new token, but for those that were given for it', async (t) => {
  const { publish, start, stage, destination, watch, registry, sessionOf, store } = await openDuel(t);
  const host = await watch(stage, 'host');
  await publish();
  await start({ attributes: { team: 'blue' } });
  const viewer = await watch(destination);
  const token = JSON.stringify({ userId: 'anna', attributes: { seat: '2', team: 'red' } });
  const changed: unknown[] = [];
  registry.on('changed', ({ stageId }, participantId) => {
    const { attributes } = registry.publisher({ ...destination, stageId }, participantId)?.claims ?? {};
    changed.push([stageId, attributes]);
  });
  await host.send('TOKEN_EXCHANGE', { exchangeId: 1, token });
  const [replica] = await viewer.state((participants) => participants.some(({ userId }) => userId === 'anna'));
  const { attributes } = replica as unknown as Record<string, unknown>;
  assert.deepEqual(attributes, { seat: '2', team: 'blue' });
  // Compositions of either stage hear of it.
  assert.deepEqual(changed, [
    [destination.stageId, { seat: '2', team: 'blue' }],
    [stage.stageId, { seat: '2', team: 'red' }],
  ]);
  await registry.write(destination, async () => {});
  const session = await sessionOf(destination);
  const record = await findParticipant(store.db, destination, session?.sessionId ?? '', 'host');
  assert.deepEqual([record?.userId, record?.attributes], ['anna', { seat: '2', team: 'blue' }]);
});

test('a replica takes over what its publisher may do by a new token', async (t) => {
  const { publish, start, stage, destination, watch } = await openDuel(t);
  const host = await watch(stage, 'host');
  await publish();
  await start();
  const viewer = await watch(destination);
  const token = JSON.stringify({ capabilities: { publish: true, subscribe: false } });
  await host.send('TOKEN_EXCHANGE', { exchangeId: 1, token });
  await viewer.state((participants) =>
    participants.some(
      (each) => each.id === 'host' && 'capabilities' in each && isDeepStrictEqual(each.capabilities, ['publish']),
    ),
  );
});

test('a publisher that comes back within the window is in both stages again, in their sessions', async (t) => {
  const { publish, start, stage, destination, sessionOf, untilPublishers, eventsOf, clock } = await openDuel(t);
  const publisher = await publish();
  await start({ reconnectWindowSeconds: 60 });
  const before = [await sessionOf(stage), await sessionOf(destination)];
  publisher.close();
  await untilPublishers(destination);
  clock.advance(59_999);
  await publish();
  await untilPublishers(destination, 'host');
  clock.advance(60_000);
  assert.deepEqual([await sessionOf(stage), await sessionOf(destination)], before);
  assert.deepEqual(names(await eventsOf(destination, before[1]?.sessionId)), [
    ...['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT'],
    ...['JOINED', 'PUBLISH_STARTED'],
  ]);
  assert.deepEqual(names(await eventsOf(stage, before[0]?.sessionId)), [
    ...['JOINED', 'PUBLISH_STARTED', 'REPLICATION_STARTED', 'PUBLISH_STOPPED', 'LEFT'],
    ...['JOINED', 'PUBLISH_STARTED'],
  ]);
});

test('a publisher that stays away is in the destination no more', async (t) => {
  const duel = await openDuel(t);
  const { publish, start, stage, destination, sessionOf, untilPublishers, untilSessionEnds, eventsOf, clock } = duel;
  const publisher = await publish();
  await start({ reconnectWindowSeconds: 60 });
  const [from, to] = [await sessionOf(stage), await sessionOf(destination)];
  publisher.close();
  await untilPublishers(destination);
  // The window begins when the replica is out, which is written first.
  await until(
    () => {
      clock.advance(60_000);
      return duel.replications.replicasIn(destination);
    },
    (replicas) => replicas === 0,
  );
  await untilSessionEnds(destination);
  await publish();
  await untilPublishers(destination);
  assert.deepEqual(names(await eventsOf(destination, to?.sessionId)), [
    ...['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT'],
  ]);
  assert.equal(names(await eventsOf(stage, from?.sessionId)).at(-1), 'REPLICATION_STOPPED');
});

test('a publish that takes the place of another one is replicated on, without a window', async (t) => {
  const { publish, start, stage, destination, sessionOf, untilPublishers, eventsOf, clock } = await openDuel(t);
  await publish();
  await start();
  const from = await sessionOf(stage);
  await publish();
  await untilPublishers(destination, 'host');
  clock.advance(60_000);
  await untilPublishers(destination, 'host');
  assert.ok(!names(await eventsOf(stage, from?.sessionId)).includes('REPLICATION_STOPPED'));
});

test('a token of the id of a replica lets nobody into the stage, while its publisher is waited for neither', async (t) => {
  const { publish, start, destination, watch, untilPublishers, replications, order } = await openDuel(t);
  const publisher = await publish();
  await start({ reconnectWindowSeconds: 60 });
  const refused = { name: 'StageRefusal', status: 409, code: StageErrorCode.FAILED };
  await assert.rejects(watch(destination, 'host'), refused);
  await assert.rejects(publish(destination), refused);
  await untilPublishers(destination, 'host');
  publisher.close();
  await untilPublishers(destination);
  await assert.rejects(publish(destination), refused);
  await replications.stop(order);
  await publish(destination);
});

test('a participant of the same id in the destination goes before', async (t) => {
  const { publish, start, destination, untilPublishers } = await openDuel(t);
  await publish();
  await publish(destination);
  await assert.rejects(start(), { name: 'ConflictException' });
  await untilPublishers(destination, 'host');
});

test('a stage that takes nobody in gets no replica', async (t) => {
  const { publish, start, destination, registry } = await openDuel(t);
  await publish();
  const drained = registry.drain();
  await assert.rejects(start(), { name: 'ServiceUnavailable' });
  assert.deepEqual(registry.publishers(destination), []);
  await registry.close();
  await drained.catch(() => undefined);
});

test('a server without a media worker says so, and leaves nobody in the destination', async (t) => {
  const { publish, start, destination, sfu, registry, untilSessionEnds } = await openDuel(t);
  await publish();
  const message = 'No media worker is running';
  t.mock.method(sfu, 'createStage', async () => Promise.reject(new MediaRefusal('UNAVAILABLE', message)));
  await assert.rejects(start(), { name: 'ServiceUnavailable', message });
  assert.deepEqual(registry.publishers(destination), []);
  await untilSessionEnds(destination);
});

for (const [what, end] of [
  ['its replication', ({ replications, order }: Duel) => replications.stop(order)],
  ['its publisher', ({ registry, stage }: Duel) => registry.disconnectParticipant(stage, 'host')],
  ['the source stage', ({ registry, stage }: Duel) => registry.endStage(stage)],
  ['the server', ({ replications }: Duel) => replications.close()],
] as const) {
  test(`nothing of a replica stays when ${what} ends`, async (t) => {
    const duel = await openDuel(t);
    const { publish, start, destination, registry, untilPublishers, replications, sfu, stage } = duel;
    await publish();
    await start();
    await untilPublishers(destination, 'host');
    await end(duel);
    await until(
      () => replications.replicasIn(destination),
      (replicas) => replicas === 0,
    );
    assert.deepEqual(registry.publishers(destination), []);
    await registry.disconnectParticipant(stage, 'host');
    const { stages: open, workers } = await sfu.dump();
    assert.deepEqual([open, workers.map(({ load }) => load)], [[], [0]]);
  });
}

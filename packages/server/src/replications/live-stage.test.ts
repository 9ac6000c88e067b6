import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { StageMedia } from '@proscenium/media';
import { silentLogger } from '../http/api-server.fixture.ts';
import { readClientData } from '../participants/client-data.ts';
import { listEvents } from '../participants/participant-event-table.ts';
import { openStage } from '../participants/registry.fixture.ts';
import { findRunningSession } from '../participants/stage-session-table.ts';
import { publishOffer } from '../signalling/offer.fixture.ts';
import { until } from '../until.fixture.ts';
import type { ReplicationOrder } from './replication-media.ts';
import { listReplications } from './replication-table.ts';
import { Replications } from './replications.ts';

const newest = { before: Number.MAX_SAFE_INTEGER, limit: 100 };

/** Replications of a stage with real media, and a session that goes with its last publisher. */
async function openShow(t: TestContext) {
  const running = await openStage(t, { sessionLingerMs: 0 });
  const { sfu, registry, stage, claimsOf, store, clock, eventLog, replicationMedia, call } = running;
  const createStage = sfu.createStage.bind(sfu);
  let media: StageMedia | undefined;
  t.mock.method(sfu, 'createStage', async () => {
    media = await createStage();
    return media;
  });
  const replications = new Replications({
    store,
    live: registry,
    media: replicationMedia,
    events: eventLog,
    clock,
    logger: silentLogger,
    quotas: { publishersPerStage: 12, replicationsPerParticipant: 5 },
  });
  t.after(() => replications.close());
  const destination = { ...stage, stageId: (await call('CreateStage')).stage.arn.split('/')[1] };
  return {
    ...running,
    replications,
    order(reconnectWindowSeconds: number): ReplicationOrder {
      return { source: stage, destination, participantId: 'host', reconnectWindowSeconds, attributes: {} };
    },
    /** Publishes; that packets come is only said. @returns what ends it */
    async publish(): Promise<() => void> {
      const claims = claimsOf('host');
      const { resourceId } = await registry.stage(stage).publish(claims, readClientData({}), publishOffer);
      for (const producer of media?.publisher('host')?.producers.values() ?? []) producer.emit('score', []);
      return () => registry.findResource(stage, 'host', resourceId)?.media.close();
    },
  };
}

test('a replication ends with its publish, and stands among the events of the stage in their order', async (t) => {
  const { replications, order, publish, store, stage } = await openShow(t);
  const end = await publish();
  const session = await findRunningSession(store.db, stage);
  await replications.start(order(0));
  end();
  await until(
    () => listReplications(store.db, stage, 'host', newest),
    ([replication]) => replication?.endTime !== undefined,
  );
  const events = await listEvents(store.db, stage, session?.sessionId ?? '', 'host', newest);
  assert.deepEqual(events.map(({ event }) => event.name).reverse(), [
    'JOINED',
    'PUBLISH_STARTED',
    'REPLICATION_STARTED',
    'PUBLISH_STOPPED',
    'LEFT',
    'REPLICATION_STOPPED',
  ]);
});

test('a publisher that comes back within the window finds its session, and is replicated again', async (t) => {
  const { replications, order, publish, store, stage, clock, replicationMedia, registry } = await openShow(t);
  const end = await publish();
  const session = await findRunningSession(store.db, stage);
  await replications.start(order(60));
  end();
  await until(
    () => replicationMedia.replicas.length,
    (length) => length === 0,
  );
  clock.advance(59_999);
  await registry.write(stage, async () => {});
  assert.deepEqual(await findRunningSession(store.db, stage), session);

  await publish();
  await until(
    () => replicationMedia.replicas.length,
    (length) => length === 1,
  );
  clock.advance(60_000);
  assert.deepEqual(await findRunningSession(store.db, stage), session);
  const [replication] = await listReplications(store.db, stage, 'host', newest);
  assert.equal(replication?.sourceSessionId, session?.sessionId);
  assert.equal(replication?.endTime, undefined);
});

test('a session waits no longer than the window', async (t) => {
  const { replications, order, publish, store, stage, clock, replicationMedia, registry } = await openShow(t);
  const end = await publish();
  await replications.start(order(60));
  end();
  await until(
    () => replicationMedia.replicas.length,
    (length) => length === 0,
  );
  clock.advance(60_000);
  await until(
    () => findRunningSession(store.db, stage),
    (session) => session === undefined,
  );
  await until(
    () => listReplications(store.db, stage, 'host', newest),
    ([replication]) => replication?.endTime !== undefined,
  );
  await registry.write(stage, async () => {});
});

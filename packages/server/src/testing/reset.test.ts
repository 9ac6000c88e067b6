import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { sql } from 'kysely';
import { openControlPlane, scope } from '../control-plane.fixture.ts';
import { startOutbox } from '../events/outbox.fixture.ts';
import { ReceivedEvents, Receiver, takePutEvents } from '../events/receiver.fixture.ts';
import { happening } from '../events/service-event.fixture.ts';
import { EventBus } from '../events/targets/event-bus.ts';
import { HandClock } from '../hand-clock.fixture.ts';
import type { Handler } from '../http/handlers.ts';
import type { Store } from '../store/store.ts';
import { resetStore } from './reset.ts';

const deleteStage: Handler<'DeleteStage'> = async () => assert.fail('there is no stage');
const encoders = { stop: async () => assert.fail('nobody publishes') };

/** How many rows each table has, those without any left out. */
async function countRows({ db }: Store): Promise<Record<string, number>> {
  const tables = await db.introspection.getTables();
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(name)}`.execute(db);
    const count = rows[0]?.count ?? 0;
    if (count > 0) counts[name] = count;
  }
  return counts;
}

test('a reset leaves the server’s keys and the steps of the schema, whatever refers to whatever', async (t) => {
  const { call, store } = await openControlPlane(t);
  const fresh = await countRows(store);
  assert.deepEqual(Object.keys(fresh), ['schema_versions', 'secrets']);

  for (const caller of [scope, { ...scope, region: 'eu-west-1' }, { ...scope, account: '111122223333' }]) {
    const { storageConfiguration } = await call('CreateStorageConfiguration', { s3: { bucketName: 'bucket' } }, caller);
    const { arn: storageConfigurationArn } = storageConfiguration;
    const recording = { autoParticipantRecordingConfiguration: { storageConfigurationArn } };
    const { stage } = await call('CreateStage', { name: 'full', tags: { one: 'two' }, ...recording }, caller);
    await call('DisconnectParticipant', { stageArn: stage.arn, participantId: 'abcdABCDefgh' }, caller);
    await call('CreateEncoderConfiguration', {}, caller);
    await call('CreateIngestConfiguration', { stageArn: stage.arn, ingestProtocol: 'RTMPS' }, caller);
  }
  assert.ok(Object.keys(await countRows(store)).length > 6);

  await resetStore({
    store,
    encoders,
    deleteStage: async (request, { scope: caller }) => call('DeleteStage', request, caller),
  });
  assert.deepEqual(await countRows(store), fresh);
});

test('a stage that somebody else deletes at the same time stops no reset', async (t) => {
  const { call, store } = await openControlPlane(t);
  await call('CreateStage');
  await resetStore({
    store,
    encoders,
    deleteStage: async (request, { scope: caller }) => {
      await call('DeleteStage', request, caller);
      return call('DeleteStage', request, caller);
    },
  });
  assert.deepEqual((await call('ListStages')).stages, []);
});

test('a reset forgets events that have not come to their target yet, and later ones come', async (t) => {
  const clock = new HandClock('2026-11-21T20:00:00Z');
  const asked = Promise.withResolvers<void>();
  const server = await Receiver.start(t, () => {
    asked.resolve();
    return { status: 500 };
  });
  const bus = new EventBus(
    {
      name: 'bus',
      endpoint: server.url,
      region: 'us-west-2',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' },
      eventBusName: undefined,
      source: 'custom.ivs',
      envelopeKey: 'envelope',
    },
    clock,
  );
  const { store, outbox, record } = await startOutbox(t, { clock, targets: [bus] });
  await record(happening('before', 1), happening('before', 2), happening('elsewhere', 3));
  await asked.promise;
  await resetStore({ store, encoders, deleteStage });

  const received = new ReceivedEvents();
  server.respond = takePutEvents(received);
  const requests = server.requests.length;
  const told = once(outbox, 'changed');
  await record(happening('after', 4));
  await told;
  // The target is left alone for a while, and so is each resource.
  while (received.ids.size === 0) {
    clock.advance(60_000);
    await new Promise(setImmediate);
  }
  assert.deepEqual(
    received.events.map(({ detail }) => detail.number),
    [4],
  );
  const bodies = server.requests.slice(requests).map(({ body }) => JSON.parse(body).Entries.length);
  assert.ok(!bodies.includes(0), 'nothing is asked without an event');
});

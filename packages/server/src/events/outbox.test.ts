import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTestStore, scope } from '../control-plane.fixture.ts';
import { HandClock } from '../hand-clock.fixture.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import { openStore } from '../store/sqlite/open-store.ts';
import { Outbox } from './outbox.ts';
import { happening } from './service-event.fixture.ts';

const clock = new HandClock('2026-11-21T20:05:10Z');

test('an event is kept as Amazon EventBridge shows it', async (t) => {
  const store = await openTestStore(t);
  const createId = () => '0b6f0a3e-1111-4c6e-9d2a-000000000006';
  const outbox = new Outbox({ store, clock, logger: silentLogger, subscriptions: [], createId });
  const composition = 'arn:aws:ivs:us-west-2:123456789012:composition/CompAAAA0001';
  const detail = { event_name: 'Destination Failure', id: 'DestAAAA0001', error_code: 'ConflictException' };
  await store.write((trx) =>
    outbox.record(trx, {
      scope,
      detailType: 'IVS Composition State Change',
      resourceArn: composition,
      time: new Date('2026-11-21T20:05:10.999Z'),
      detail,
    }),
  );
  const row = await store.db.selectFrom('events').select('envelope_json').executeTakeFirstOrThrow();
  assert.deepEqual(JSON.parse(row.envelope_json), {
    version: '0',
    id: '0b6f0a3e-1111-4c6e-9d2a-000000000006',
    'detail-type': 'IVS Composition State Change',
    source: 'aws.ivs',
    account: '123456789012',
    time: '2026-11-21T20:05:10Z',
    region: 'us-west-2',
    resources: [composition],
    detail,
  });
});

test('a change is told once it is durable, and not before', async (t) => {
  const store = await openTestStore(t);
  const outbox = new Outbox({ store, clock, logger: silentLogger, subscriptions: [] });
  const count = async () => (await store.db.selectFrom('events').select('seq').execute()).length;
  const changed = once(outbox, 'changed').then(count);
  await store.write(async (trx) => {
    await outbox.record(trx, happening('a', 1));
    await outbox.record(trx, happening('a', 2), happening('a', 3));
  });
  assert.equal(await changed, 3);
  const again = once(outbox, 'changed').then(count);
  await store.write((trx) => outbox.record(trx, happening('a', 4)));
  assert.equal(await again, 4);
});

test('a change is told later when the store is too busy', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-outbox-'));
  t.after(() => rm(folder, { recursive: true }));
  const limits = { waitingJobs: 1, jobDurationMs: 5_000 };
  const store = await openStore({ file: join(folder, 'proscenium.db'), clock, limits });
  t.after(() => store.close());
  const outbox = new Outbox({ store, clock, logger: silentLogger, subscriptions: [] });
  let told = 0;
  outbox.on('changed', () => {
    told += 1;
  });
  let other = Promise.resolve();
  for (let number = 1; number <= 2; number += 1) {
    await store.write(async (trx) => {
      // Takes the one place there is to wait.
      other = store.write(async () => {});
      await outbox.record(trx, happening('a', number));
    });
    await other;
    assert.equal(clock.alarms, 1);
  }
  assert.equal(told, 0);
  const changed = once(outbox, 'changed');
  clock.advance(1_000);
  await changed;
  assert.equal(told, 1);
  outbox.close();
  assert.equal(clock.alarms, 0);
});

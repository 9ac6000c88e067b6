import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openTestStore, scope } from '../control-plane.fixture.ts';
import { HandClock } from '../hand-clock.fixture.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import type { Store } from '../store/store.ts';
import { happening } from './service-event.fixture.ts';
import { startEvents } from './start-events.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

async function start(t: TestContext, store: Store) {
  const clock = new HandClock('2026-11-21T20:00:00Z');
  const realClock = new HandClock('2026-11-21T20:00:00Z');
  const events = await startEvents({ targets: [] }, { store, clock, realClock, logger: silentLogger });
  t.after(async () => {
    await events.streams.close();
    await events.close();
  });
  // What is old is looked for at the start, and an hour later.
  while (clock.alarms === 0) await setImmediate();
  return { clock, realClock, ...events };
}

/** A response whose client is there, and the client's side of it. */
async function openResponse(t: TestContext) {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  const server = createServer((_, response) => resolve(response.writeHead(200)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const request = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  request.on('error', () => {});
  t.after(() => {
    request.destroy();
    server.close();
  });
  return { response: await promise, request };
}

test('dead letters of targets that are gone go after two weeks too', async (t) => {
  const store = await openTestStore(t);
  const { clock, outbox } = await start(t, store);
  await store.write(async (trx) => {
    await outbox.record(trx, happening('a', 1), happening('a', 2));
    const event = await trx.selectFrom('events').select('seq').orderBy('seq').limit(1).executeTakeFirstOrThrow();
    const delivery = { event_seq: event.seq, target: 'gone', ...scope, resource_arn: 'arn' };
    const dead = { queued_time_ms: clock.now().getTime(), dead_time_ms: clock.now().getTime(), dead_reason: 'gone' };
    await trx
      .insertInto('event_deliveries')
      .values({ ...delivery, ...dead })
      .execute();
  });
  const count = async () => (await store.db.selectFrom('event_deliveries').select('seq').execute()).length;
  for (let hour = 0; hour < 14 * 24; hour += 1) {
    clock.advance(DAY_MS / 24);
    while (clock.alarms === 0) await setImmediate();
  }
  assert.equal(await count(), 1);
  clock.advance(DAY_MS / 24);
  while (clock.alarms === 0) await setImmediate();
  assert.equal(await count(), 0);
});

test('who follows the stream lives by the real time', async (t) => {
  const { clock, realClock, streams } = await start(t, await openTestStore(t));
  const { response } = await openResponse(t);
  streams.follow(response, { scope, wants: () => true, after: 0, mayGoOn: async () => true });
  assert.equal(realClock.alarms, 1);
  assert.equal(clock.alarms, 1);
  clock.advance(DAY_MS);
  assert.equal(response.destroyed, false);
});

test('clients that have gone before they could follow take nobody’s place', async (t) => {
  const { realClock, streams } = await start(t, await openTestStore(t));
  const { response, request } = await openResponse(t);
  request.destroy();
  await once(response, 'close');
  for (let count = 0; count < 100; count += 1)
    streams.follow(response, { scope, wants: () => true, after: 0, mayGoOn: async () => true });
  streams.checkRoom();
  assert.equal(realClock.alarms, 0);
});

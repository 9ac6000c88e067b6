import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../clock.ts';
import { openStore } from '../store/sqlite/open-store.ts';
import type { Store } from '../store/store.ts';
import { credentials, startOutbox } from './outbox.fixture.ts';
import { type ReceivedEvent, ReceivedEvents, Receiver, takePutEvents, takeWebhook } from './receiver.fixture.ts';
import { happening } from './service-event.fixture.ts';
import { EventBus } from './targets/event-bus.ts';
import { Webhook } from './targets/webhook.ts';

const EVENTS = 300;
const RESOURCES = 20;
/** Retries that are soon enough to be waited for. */
const limits = { firstDelayMs: 5, longestDelayMs: 50 };

const manyEvents = Array.from({ length: EVENTS }, (_, number) => happening(`stage${number % RESOURCES}`, number));

function eventBusAt({ url }: Receiver): EventBus {
  return new EventBus(
    {
      name: 'bus',
      endpoint: url,
      region: 'us-west-2',
      credentials,
      eventBusName: undefined,
      source: 'custom.ivs',
      envelopeKey: 'envelope',
    },
    systemClock,
  );
}

function webhookAt({ url }: { url: string }): Webhook {
  return new Webhook({ name: 'hook', url, secret: 'a-secret-of-both-sides', timeoutSeconds: 30 }, systemClock);
}

/** Of each resource nothing comes before what happened earlier, not even again. */
function assertInOrder(events: readonly ReceivedEvent[]): void {
  const newest = new Map<string, number>();
  for (const { resource, detail } of events) {
    const number = Number(detail.number);
    const before = newest.get(resource) ?? -1;
    assert.ok(number >= before, `${number} of ${resource} came after ${before}`);
    newest.set(resource, number);
  }
}

async function storedIds({ db }: Store): Promise<Set<string>> {
  const rows = await db.selectFrom('events').select('id').execute();
  return new Set(rows.map(({ id }) => id));
}

async function countDeliveries({ db }: Store): Promise<number> {
  const rows = await db.selectFrom('event_deliveries').select('seq').execute();
  return rows.length;
}

for (const trouble of ['is dead', 'answers 500', 'breaks off', 'does not answer'] as const) {
  test(`a target that ${trouble} holds up no other, and gets everything in order when it is back`, async (t) => {
    const atBus = new ReceivedEvents();
    const atHook = new ReceivedEvents();
    const busServer = await Receiver.start(t, takePutEvents(atBus));
    const hookServer = await Receiver.start(t, takeWebhook(atHook));
    const back = Promise.withResolvers<void>();
    if (trouble === 'is dead') await hookServer.stop();
    if (trouble === 'answers 500') hookServer.respond = () => ({ status: 500 });
    if (trouble === 'breaks off') hookServer.respond = () => undefined;
    if (trouble === 'does not answer') {
      hookServer.respond = async (request) => {
        await back.promise;
        return takeWebhook(atHook)(request);
      };
    }
    const targets = [eventBusAt(busServer), webhookAt(hookServer)];
    const { store, record, dispatcher } = await startOutbox(t, { clock: systemClock, limits, targets });

    for (let from = 0; from < EVENTS; from += 50) await record(...manyEvents.slice(from, from + 50));
    await atBus.untilDistinct(EVENTS);
    assertInOrder(atBus.events);
    assert.equal(atHook.events.length, 0);

    if (trouble === 'is dead') await hookServer.listen();
    back.resolve();
    hookServer.respond = takeWebhook(atHook);
    await atHook.untilDistinct(EVENTS);
    assertInOrder(atHook.events);

    const recorded = await storedIds(store);
    assert.equal(recorded.size, EVENTS);
    assert.deepEqual(atBus.ids, recorded);
    assert.deepEqual(atHook.ids, recorded);
    await dispatcher.close();
    assert.equal(await countDeliveries(store), 0);
  });
}

test('what was recorded gets to the target whenever and however often the server is killed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-events-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'proscenium.db');
  const received = new ReceivedEvents();
  const server = await Receiver.start(t, takeWebhook(received));
  const recorded: string[] = [];

  for (let run = 1; run <= 3; run += 1) {
    const child = fork(new URL('./deliverer.fixture.ts', import.meta.url), [file, server.url]);
    t.after(() => child.kill('SIGKILL'));
    child.on('message', (id) => recorded.push(String(id)));
    // In the middle of recording and delivering.
    await received.untilDistinct(run * 50);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  const store = await openStore({ file, clock: systemClock });
  t.after(() => store.close());
  const committed = await storedIds(store);
  const { dispatcher } = await startOutbox(t, { clock: systemClock, limits, targets: [webhookAt(server)], store });
  await received.untilDistinct(committed.size);
  assert.deepEqual(received.ids, committed);
  assert.ok(recorded.every((id) => committed.has(id)));
  assertInOrder(received.events);
  await dispatcher.close();
  assert.equal(await countDeliveries(store), 0);
});

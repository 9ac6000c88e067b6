/** How fast events get through the outbox to a target on this machine, beside plain posts of the same without an outbox. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../packages/server/src/clock.ts';
import { Dispatcher } from '../packages/server/src/events/dispatcher.ts';
import { toEnvelope } from '../packages/server/src/events/event-envelope.ts';
import type { EventTarget } from '../packages/server/src/events/event-target.ts';
import { credentials } from '../packages/server/src/events/outbox.fixture.ts';
import { Outbox } from '../packages/server/src/events/outbox.ts';
import { outboxLimits } from '../packages/server/src/events/outbox-limits.ts';
import { happening } from '../packages/server/src/events/service-event.fixture.ts';
import { EventBus } from '../packages/server/src/events/targets/event-bus.ts';
import { Webhook } from '../packages/server/src/events/targets/webhook.ts';
import { silentLogger } from '../packages/server/src/http/api-server.fixture.ts';
import { openStore } from '../packages/server/src/store/sqlite/open-store.ts';

const rounds = 3;
const events = 2_000;
const resources = 100;
const posts = 8;

const happenings = Array.from({ length: events }, (_, number) => happening(`stage${number % resources}`, number));

/** Called with how many events came at a time. */
let arrived: (count: number) => void = () => {};
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  if (request.headers['x-amz-target'] === undefined) {
    response.end();
    arrived(1);
    return;
  }
  const { Entries } = JSON.parse(body) as { Entries: unknown[] };
  response.end(JSON.stringify({ FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: 'e' })) }));
  arrived(Entries.length);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

const newWebhook = () =>
  new Webhook({ name: 'hook', url, secret: 'a-secret-of-both-sides', timeoutSeconds: 10 }, systemClock);
const newEventBus = () =>
  new EventBus(
    {
      name: 'bus',
      endpoint: url,
      region: 'us-west-2',
      credentials,
      eventBusName: undefined,
      source: 'aws.ivs',
      envelopeKey: undefined,
    },
    systemClock,
  );

/** The same requests, so many at a time, from memory. */
async function postPlainly(target: EventTarget): Promise<void> {
  const { signal } = new AbortController();
  const outgoing = happenings.map((event, index) => {
    const json = JSON.stringify(toEnvelope(event, `id-${index}`));
    return { id: `id-${index}`, resourceArn: event.resourceArn, json };
  });
  const post = async () => {
    for (
      let batch = outgoing.splice(0, target.batchSize);
      batch.length > 0;
      batch = outgoing.splice(0, target.batchSize)
    ) {
      await target.deliver(batch, signal);
    }
  };
  await Promise.all(Array.from({ length: posts }, post));
  target.close();
}

/** Each recorded in a transaction of its own, as calls do it, and delivered. */
async function postThroughOutbox(targets: readonly EventTarget[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-bench-'));
  const store = await openStore({ file: join(folder, 'proscenium.db'), clock: systemClock });
  const subscriptions = targets.map(({ name }) => ({ target: name, wants: () => true }));
  const outbox = new Outbox({ store, clock: systemClock, logger: silentLogger, subscriptions });
  const parts = { store, outbox, targets, clock: systemClock, logger: silentLogger, limits: outboxLimits };
  const dispatcher = new Dispatcher(parts);
  await dispatcher.start();
  const all = Promise.withResolvers<void>();
  let left = events * targets.length;
  arrived = (count) => {
    left -= count;
    if (left === 0) all.resolve();
  };
  if (left === 0) all.resolve();
  await Promise.all(happenings.map((event) => store.write((trx) => outbox.record(trx, event))));
  await all.promise;
  outbox.close();
  await dispatcher.close();
  await store.close();
  await rm(folder, { recursive: true });
}

const cases = [
  { name: 'plain posts', run: () => postPlainly(newWebhook()), seconds: [0] },
  { name: 'outbox to a webhook', run: () => postThroughOutbox([newWebhook()]), seconds: [0] },
  { name: 'outbox to PutEvents', run: () => postThroughOutbox([newEventBus()]), seconds: [0] },
  { name: 'outbox to both', run: () => postThroughOutbox([newWebhook(), newEventBus()]), seconds: [0] },
  { name: 'recorded for nobody', run: () => postThroughOutbox([]), seconds: [0] },
];

// The first round warms up; the others take turns, so that what else the machine does falls on all of them.
for (let round = 0; round <= rounds; round += 1) {
  for (const { run, seconds } of cases) {
    const start = performance.now();
    await run();
    seconds[round] = (performance.now() - start) / 1_000;
  }
}
server.close();

const median = (values: number[]) => values.slice(1).toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
const reference = median(cases[0]?.seconds ?? []);
console.log(`${events} events about ${resources} resources; all in one process with the server that takes them.`);
console.table(
  cases.map(({ name, seconds }) => ({
    case: name,
    'events per second': Math.round(events / median(seconds)),
    'time against plain posts': (median(seconds) / reference).toFixed(2),
  })),
);

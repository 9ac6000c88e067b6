import pino from 'pino';
import { systemClock } from '../clock.ts';
import { openStore } from '../store/sqlite/open-store.ts';
import { Dispatcher } from './dispatcher.ts';
import { Outbox } from './outbox.ts';
import { outboxLimits } from './outbox-limits.ts';
import { happening } from './service-event.fixture.ts';
import { Webhook } from './targets/webhook.ts';

/** A process that records events and delivers them to a webhook until it is killed, and tells its parent what is durable. */
const [, , file = '', url = ''] = process.argv;
const store = await openStore({ file, clock: systemClock });
const newest = await store.db.selectFrom('events').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst();
const targets = [new Webhook({ name: 'hook', url, secret: 'a-secret-of-both-sides', timeoutSeconds: 30 }, systemClock)];
let ids: string[] = [];
const createId = () => {
  const id = crypto.randomUUID();
  ids.push(id);
  return id;
};
const logger = pino({ level: 'silent' });
const subscriptions = [{ target: 'hook', wants: () => true }];
const outbox = new Outbox({ store, clock: systemClock, logger, subscriptions, createId });
await new Dispatcher({
  store,
  outbox,
  targets,
  clock: systemClock,
  logger,
  limits: outboxLimits,
}).start();

const first = newest?.seq ?? 0;
for (let number = first; number < first + 100; number += 10) {
  ids = [];
  const events = Array.from({ length: 10 }, (_, index) => happening(`stage${index % 4}`, number + index));
  await Promise.all(events.map((event) => store.write((trx) => outbox.record(trx, event))));
  for (const id of ids) process.send?.(id);
}

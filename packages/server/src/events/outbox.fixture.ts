import type { TestContext } from 'node:test';
import type { AlarmClock } from '../clock.ts';
import { openTestStore } from '../control-plane.fixture.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import type { Store } from '../store/store.ts';
import { Dispatcher } from './dispatcher.ts';
import type { EventFilter } from './event-pattern.ts';
import type { EventTarget } from './event-target.ts';
import { Outbox } from './outbox.ts';
import { type OutboxLimits, outboxLimits } from './outbox-limits.ts';
import type { ServiceEvent } from './service-event.ts';

export const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'another-example-secret' };

export type RunningOutbox = {
  store: Store;
  outbox: Outbox;
  dispatcher: Dispatcher;
  /** In one transaction. */
  record(...events: ServiceEvent[]): Promise<void>;
};

/** An outbox on a store of its own or a given one, with everything from there to the targets. */
export async function startOutbox(
  t: TestContext,
  {
    clock,
    targets,
    limits = {},
    store,
    wants = () => true,
  }: {
    clock: AlarmClock;
    targets: EventTarget[];
    limits?: Partial<OutboxLimits>;
    store?: Store;
    wants?: EventFilter;
  },
): Promise<RunningOutbox> {
  const opened = store ?? (await openTestStore(t));
  const subscriptions = targets.map(({ name }) => ({ target: name, wants }));
  const outbox = new Outbox({ store: opened, clock, logger: silentLogger, subscriptions });
  const dispatcher = new Dispatcher({
    store: opened,
    outbox,
    targets,
    clock,
    logger: silentLogger,
    limits: { ...outboxLimits, ...limits },
    random: () => 1,
  });
  t.after(async () => {
    outbox.close();
    await dispatcher.close();
  });
  await dispatcher.start();
  async function record(...events: ServiceEvent[]): Promise<void> {
    await opened.write((trx) => outbox.record(trx, ...events));
  }
  return { store: opened, outbox, dispatcher, record };
}

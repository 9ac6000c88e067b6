import type { Logger } from 'pino';
import type { AlarmClock, Clock } from '../clock.ts';
import type { EventTargetConfig } from '../config/event-targets.ts';
import type { Store } from '../store/store.ts';
import { readBacklogs, type TargetBacklog } from './backlog.ts';
import { retainDeadLetters } from './dead-letter-retention.ts';
import { Dispatcher } from './dispatcher.ts';
import { EventStreams } from './event-streams.ts';
import type { EventTarget } from './event-target.ts';
import { Outbox } from './outbox.ts';
import { outboxLimits } from './outbox-limits.ts';
import { EventBus } from './targets/event-bus.ts';
import { Queue } from './targets/queue.ts';
import { Webhook } from './targets/webhook.ts';

export interface RunningEvents {
  readonly outbox: Outbox;
  readonly streams: EventStreams;
  readonly backlogs: () => Promise<TargetBacklog[]>;
  close(): Promise<void>;
}

/**
 * The outbox with its targets, to which it takes what the last run has left.
 *
 * @param parts.clock the service's time, by which deliveries are tried again and dead letters grow old
 * @param parts.realClock what signatures go by, and those who follow the stream
 */
export async function startEvents(
  { targets }: { targets: readonly EventTargetConfig[] },
  parts: { store: Store; clock: AlarmClock; realClock: AlarmClock; logger: Logger },
): Promise<RunningEvents> {
  const { store, clock, realClock, logger } = parts;
  const { eventsKept } = outboxLimits;
  const subscriptions = targets.map(({ settings, wants }) => ({ target: settings.name, wants }));
  const outbox = new Outbox({ store, clock, logger, subscriptions });
  const dispatcher = new Dispatcher({
    store,
    outbox,
    targets: targets.map((target) => createTarget(target, realClock)),
    clock,
    logger,
    limits: outboxLimits,
  });
  await dispatcher.start();
  const streams = new EventStreams(outbox, { store, clock: realClock, logger, eventsKept });
  const retention = retainDeadLetters({ store, clock, logger, eventsKept });
  async function close(): Promise<void> {
    outbox.close();
    await retention.close();
    await dispatcher.close();
  }
  return { outbox, streams, backlogs: () => readBacklogs(store, dispatcher), close };
}

function createTarget(config: EventTargetConfig, clock: Clock): EventTarget {
  switch (config.type) {
    case 'eventbridge':
      return new EventBus(config.settings, clock);
    case 'sqs':
      return new Queue(config.settings, clock);
    case 'webhook':
      return new Webhook(config.settings, clock);
  }
}

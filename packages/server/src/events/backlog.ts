import type { Store } from '../store/store.ts';
import { countDeadLetters } from './dead-letter-table.ts';
import { listOldestPending } from './delivery-table.ts';
import type { Dispatcher } from './dispatcher.ts';

/** What has not come to one target. */
export interface TargetBacklog {
  readonly target: string;
  /** Events that wait or are under way. */
  readonly pending: number;
  /** When the oldest of them was recorded; undefined without any. */
  readonly oldestTime: Date | undefined;
  /** Events that were given up and can be replayed. */
  readonly deadLetters: number;
}

/** One for each target of the configuration. */
export async function readBacklogs(
  { db }: Pick<Store, 'db'>,
  { pendingByTarget }: Pick<Dispatcher, 'pendingByTarget'>,
): Promise<TargetBacklog[]> {
  return Promise.all(
    Array.from(pendingByTarget, async ([target, pending]) => {
      const [[oldest], deadLetters] = await Promise.all([
        listOldestPending(db, target, 1),
        countDeadLetters(db, target),
      ]);
      return { target, pending, oldestTime: oldest?.queuedTime, deadLetters };
    }),
  );
}

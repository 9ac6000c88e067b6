import { Retention, type RetentionOptions } from '../store/retention.ts';
import { deleteDeadLettersBefore } from './dead-letter-table.ts';

const KEEP_MS = 14 * 24 * 60 * 60 * 1_000;
/** Dead letters that are removed at a time: everybody else waits meanwhile. */
const PORTION = 1_000;

/** Removes dead letters that nobody has replayed for two weeks, whether or not there is still a target of the name. */
export function retainDeadLetters({
  eventsKept,
  ...options
}: Pick<RetentionOptions, 'store' | 'clock' | 'logger'> & { eventsKept: number }): Retention {
  return new Retention({
    ...options,
    what: 'old dead letters',
    keepMs: KEEP_MS,
    deleteBefore: (trx, time) => deleteDeadLettersBefore(trx, time, { eventsKept, limit: PORTION }),
  });
}

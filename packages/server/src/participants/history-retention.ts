import { Retention, type RetentionOptions } from '../store/retention.ts';
import { deleteHistoryBefore } from './history.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Removes the history of sessions that ended long ago. */
export function retainHistory({
  days,
  ...options
}: Pick<RetentionOptions, 'store' | 'clock' | 'logger'> & { days: number }): Retention {
  return new Retention({ ...options, what: 'old history', keepMs: days * DAY_MS, deleteBefore: deleteHistoryBefore });
}

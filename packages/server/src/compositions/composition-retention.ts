import { Retention, type RetentionOptions } from '../store/retention.ts';
import type { Database } from '../store/store.ts';
import { idempotencyMs } from './start-composition.ts';

/** Rows that one call removes at most: everybody else waits meanwhile. */
const rowsPerCall = 1_000;

/** Removes compositions that neither can be seen any more nor are known by their idempotency token. */
export function retainCompositions(options: Pick<RetentionOptions, 'store' | 'clock' | 'logger'>): Retention {
  return new Retention({
    ...options,
    what: 'old compositions',
    keepMs: idempotencyMs,
    deleteBefore: deleteCompositionsEndedBefore,
  });
}

/** @returns how many it removed; to be called again until that is 0 */
export async function deleteCompositionsEndedBefore(trx: Database, time: Date): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('compositions')
    .where('seq', 'in', (select) =>
      select.selectFrom('compositions').select('seq').where('end_time_ms', '<', time.getTime()).limit(rowsPerCall),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

import type { Scope } from '@proscenium/model';
import type { Database } from '../store/store.ts';
import type { EventEnvelope } from './event-envelope.ts';

/** Returns the row number, by which deliveries refer to it. */
export async function insertEvent(trx: Database, envelope: EventEnvelope): Promise<number> {
  const { id, account, region } = envelope;
  const { seq } = await trx
    .insertInto('events')
    .values({ id, account, region, envelope_json: JSON.stringify(envelope) })
    .returning('seq')
    .executeTakeFirstOrThrow();
  return seq;
}

/** Of all accounts and regions; 0 when there has been none. */
export async function newestEventSeq(db: Database): Promise<number> {
  const row = await db.selectFrom('events').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return row?.seq ?? 0;
}

/** Undefined for one that is not there, or no longer. */
export async function findEventSeq(db: Database, { account, region }: Scope, id: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('events')
    .select('seq')
    .where((event) => event.and({ id, account, region }))
    .executeTakeFirst();
  return row?.seq;
}

export type EventRow = { seq: number; id: string; json: string };

/** Oldest first, those after one and up to another. */
export async function listEvents(
  db: Database,
  { account, region }: Scope,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<EventRow[]> {
  const rows = await db
    .selectFrom('events')
    .select(['seq', 'id', 'envelope_json'])
    .where((event) => event.and({ account, region }))
    .where('seq', '>', after)
    .where('seq', '<=', upTo)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(({ seq, id, envelope_json }) => ({ seq, id, json: envelope_json }));
}

/**
 * Removes events that are neither among the newest nor still to be delivered, `limit` at most.
 *
 * @returns how many
 */
export async function deleteOldEvents(
  trx: Database,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('events')
    .where('seq', 'in', (select) =>
      select
        .selectFrom('events')
        .select('events.seq')
        .where('events.seq', '>', after)
        .where('events.seq', '<=', upTo)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('event_deliveries').select('seq').whereRef('event_deliveries.event_seq', '=', 'events.seq'),
            ),
          ),
        )
        .orderBy('events.seq')
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

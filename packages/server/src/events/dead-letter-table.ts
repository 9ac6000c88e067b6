import type { Scope } from '@proscenium/model';
import type { Slice } from '../pagination/read-page.ts';
import type { Database } from '../store/store.ts';
import { deleteDeliveries, insertDeliveries } from './delivery-table.ts';
import type { OutboxLimits } from './outbox-limits.ts';

/** A delivery that was given up, with its event. */
export type DeadLetter = {
  seq: number;
  target: string;
  time: Date;
  reason: string;
  envelopeJson: string;
};

/** Which dead letters: of some targets or of all, of some events or of all. */
export type DeadLetterFilter = {
  targets: readonly string[] | undefined;
  eventIds?: readonly string[] | undefined;
};

/** Deliveries that are pending still become dead letters. @returns how many they are */
export async function bury(
  trx: Database,
  { seqs, reason, now }: { seqs: readonly number[]; reason: string; now: Date },
): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable('event_deliveries')
    .set({ dead_time_ms: now.getTime(), dead_reason: reason })
    .where('seq', 'in', seqs)
    .where('dead_time_ms', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/**
 * Removes dead letters of a target that are not among its newest ones, `limit` at most.
 *
 * @returns how many
 */
export async function deleteOldestDeadLetters(
  trx: Database,
  target: string,
  { deadLetters, eventsKept, limit }: Pick<OutboxLimits, 'deadLetters' | 'eventsKept'> & { limit: number },
): Promise<number> {
  const surplus = await trx
    .selectFrom('event_deliveries')
    .select('seq')
    .where('target', '=', target)
    .where('dead_time_ms', 'is not', null)
    .orderBy('seq', 'desc')
    .offset(deadLetters)
    .limit(limit)
    .execute();
  const seqs = surplus.map(({ seq }) => seq);
  if (seqs.length > 0) await deleteDeliveries(trx, seqs, eventsKept);
  return seqs.length;
}

/**
 * Removes dead letters that were given up before that time, `limit` at most.
 *
 * @returns how many
 */
export async function deleteDeadLettersBefore(
  trx: Database,
  time: Date,
  { eventsKept, limit }: { eventsKept: number; limit: number },
): Promise<number> {
  const old = await trx
    .selectFrom('event_deliveries')
    .select('seq')
    .where('dead_time_ms', '<', time.getTime())
    .limit(limit)
    .execute();
  const seqs = old.map(({ seq }) => seq);
  if (seqs.length > 0) await deleteDeliveries(trx, seqs, eventsKept);
  return seqs.length;
}

/** Of one target. */
export async function countDeadLetters(db: Database, target: string): Promise<number> {
  const { dead } = await db
    .selectFrom('event_deliveries')
    .select(({ fn }) => fn.countAll<number>().as('dead'))
    .where('target', '=', target)
    .where('dead_time_ms', 'is not', null)
    .executeTakeFirstOrThrow();
  return dead;
}

/** Newest first. */
export async function listDeadLetters(
  db: Database,
  scope: Scope,
  filter: DeadLetterFilter,
  { before, limit }: Slice,
): Promise<DeadLetter[]> {
  const rows = await deadOf(db, scope, filter)
    .select(['event_deliveries.seq', 'target', 'dead_time_ms', 'dead_reason', 'envelope_json'])
    .where('event_deliveries.seq', '<', before)
    .orderBy('event_deliveries.seq', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    seq: row.seq,
    target: row.target,
    time: new Date(row.dead_time_ms ?? 0),
    reason: row.dead_reason ?? '',
    envelopeJson: row.envelope_json,
  }));
}

/**
 * Sets dead letters on their way again, behind what is pending: the oldest first, `limit` at most.
 *
 * @returns how many
 */
export async function requeueDeadLetters(
  trx: Database,
  scope: Scope,
  filter: DeadLetterFilter,
  { limit, now }: { limit: number; now: Date },
): Promise<number> {
  const rows = await deadOf(trx, scope, filter)
    .select(['event_deliveries.seq', 'event_seq', 'target', 'resource_arn'])
    .orderBy('event_deliveries.seq')
    .limit(limit)
    .execute();
  const seqs = rows.map(({ seq }) => seq);
  if (seqs.length === 0) return 0;
  await trx.deleteFrom('event_deliveries').where('seq', 'in', seqs).execute();
  const deliveries = rows.map((row) => ({
    eventSeq: row.event_seq,
    target: row.target,
    scope,
    resourceArn: row.resource_arn,
    queuedTime: now,
  }));
  await insertDeliveries(trx, deliveries);
  return rows.length;
}

function deadOf(db: Database, { account, region }: Scope, { targets, eventIds }: DeadLetterFilter) {
  let query = db
    .selectFrom('event_deliveries')
    .innerJoin('events', 'events.seq', 'event_deliveries.event_seq')
    .where('event_deliveries.account', '=', account)
    .where('event_deliveries.region', '=', region)
    .where('dead_time_ms', 'is not', null);
  if (targets !== undefined) query = query.where('target', 'in', targets);
  if (eventIds !== undefined) query = query.where('events.id', 'in', eventIds);
  return query;
}

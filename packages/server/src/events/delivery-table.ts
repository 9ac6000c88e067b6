import type { Scope } from '@proscenium/model';
import type { Database } from '../store/store.ts';
import { newestEventSeq } from './event-table.ts';
import type { OutgoingEvent } from './event-target.ts';

/** A delivery that nobody has given up yet. */
export type PendingDelivery = { seq: number; target: string; resourceArn: string };

export type NewDelivery = { eventSeq: number; target: string; scope: Scope; resourceArn: string; queuedTime: Date };

export async function insertDeliveries(trx: Database, deliveries: readonly NewDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  const rows = deliveries.map(({ eventSeq, target, scope, resourceArn, queuedTime }) => ({
    event_seq: eventSeq,
    target,
    account: scope.account,
    region: scope.region,
    resource_arn: resourceArn,
    queued_time_ms: queuedTime.getTime(),
  }));
  await trx.insertInto('event_deliveries').values(rows).execute();
}

/** Over all targets, oldest first. */
export async function listPending(db: Database, after: number, limit: number): Promise<PendingDelivery[]> {
  const rows = await db
    .selectFrom('event_deliveries')
    .select(['seq', 'target', 'resource_arn'])
    .where('seq', '>', after)
    .where('dead_time_ms', 'is', null)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(({ seq, target, resource_arn }) => ({ seq, target, resourceArn: resource_arn }));
}

/** Names of all targets for which something is pending. */
export async function listPendingTargets(db: Database): Promise<string[]> {
  const targets: string[] = [];
  for (;;) {
    // From name to name by the index: one query for all would read everything that is pending.
    const row = await db
      .selectFrom('event_deliveries')
      .select('target')
      .where('target', '>', targets.at(-1) ?? '')
      .where('dead_time_ms', 'is', null)
      .orderBy('target')
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) return targets;
    targets.push(row.target);
  }
}

export type OldPendingDelivery = { seq: number; resourceArn: string; queuedTime: Date };

export async function listOldestPending(db: Database, target: string, limit: number): Promise<OldPendingDelivery[]> {
  const rows = await db
    .selectFrom('event_deliveries')
    .select(['seq', 'resource_arn', 'queued_time_ms'])
    .where('target', '=', target)
    .where('dead_time_ms', 'is', null)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    seq: row.seq,
    resourceArn: row.resource_arn,
    queuedTime: new Date(row.queued_time_ms),
  }));
}

/** A pending delivery with what there is to deliver. */
export type ReadDelivery = { seq: number; queuedTime: Date; event: OutgoingEvent };

/** Those of these that are pending still. */
export async function readPending(db: Database, seqs: readonly number[]): Promise<ReadDelivery[]> {
  const rows = await db
    .selectFrom('event_deliveries')
    .innerJoin('events', 'events.seq', 'event_deliveries.event_seq')
    .select(['event_deliveries.seq', 'queued_time_ms', 'resource_arn', 'events.id', 'envelope_json'])
    .where('event_deliveries.seq', 'in', seqs)
    .where('dead_time_ms', 'is', null)
    .orderBy('event_deliveries.seq')
    .execute();
  return rows.map(({ seq, queued_time_ms, resource_arn, id, envelope_json }) => ({
    seq,
    queuedTime: new Date(queued_time_ms),
    event: { id, resourceArn: resource_arn, json: envelope_json },
  }));
}

/**
 * They have come to their end, and so have their events unless others deliver them too or they are among the newest ones.
 *
 * @param eventsKept how many of the newest events stay anyway
 */
export async function deleteDeliveries(trx: Database, seqs: readonly number[], eventsKept: number): Promise<void> {
  const ended = await trx.deleteFrom('event_deliveries').where('seq', 'in', seqs).returning('event_seq').execute();
  const eventSeqs = ended.map(({ event_seq }) => event_seq);
  const newest = await newestEventSeq(trx);
  const old = eventSeqs.filter((seq) => seq <= newest - eventsKept);
  if (old.length === 0) return;
  await trx
    .deleteFrom('events')
    .where('seq', 'in', old)
    .where('seq', 'not in', (select) =>
      select.selectFrom('event_deliveries').select('event_seq').where('event_seq', 'in', old),
    )
    .execute();
}

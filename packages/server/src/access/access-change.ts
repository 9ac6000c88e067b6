import { randomUUID } from 'node:crypto';
import type { Database } from '../store/store.ts';

/** What people do to users, keys and policies, by the names of IAM's operations. */
export type AccessChange = {
  /** A UUID. */
  readonly id: string;
  readonly account: string;
  readonly name: string;
  /** Who did it: the ARN of a user who made a signed call, `user@host` of whoever used commands on the server's machine. */
  readonly actor: string;
  readonly time: Date;
  /** Without secrets. */
  readonly parameters: Readonly<Record<string, unknown>>;
};

/** So many are kept, for a server that writes an audit log later. */
const kept = 10_000;

/** Notes a change, in the transaction that makes it. Servers see by it that something has changed. */
export async function recordChange(trx: Database, change: Omit<AccessChange, 'id'>): Promise<void> {
  const { account, name, actor, time, parameters } = change;
  await trx
    .insertInto('access_changes')
    .values({
      id: randomUUID(),
      account,
      name,
      actor,
      time_ms: time.getTime(),
      parameters_json: JSON.stringify(parameters),
      is_audited: 0,
    })
    .execute();
  const latest = await latestChange(trx);
  await trx
    .deleteFrom('access_changes')
    .where('seq', '<=', latest - kept)
    .execute();
}

/** A number that grows with every change. */
export async function latestChange(db: Database): Promise<number> {
  const row = await db.selectFrom('access_changes').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return row?.seq ?? 0;
}

/** Those that are in no audit log yet, the oldest first. */
export async function unauditedChanges(db: Database, limit: number): Promise<(AccessChange & { seq: number })[]> {
  const rows = await db
    .selectFrom('access_changes')
    .selectAll()
    .where('is_audited', '=', 0)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(({ seq, id, account, name, actor, time_ms, parameters_json }) => ({
    seq,
    id,
    account,
    name,
    actor,
    time: new Date(time_ms),
    parameters: JSON.parse(parameters_json),
  }));
}

/** All up to this one. */
export async function markAudited(trx: Database, seq: number): Promise<void> {
  await trx
    .updateTable('access_changes')
    .set({ is_audited: 1 })
    .where('is_audited', '=', 0)
    .where('seq', '<=', seq)
    .execute();
}

import type { Scope, StreamHealth } from '@proscenium/model';
import type { Slice } from '../pagination/read-page.ts';
import type { Database } from '../store/store.ts';

export type StreamSender = 'ENCODER' | 'COMPOSITION';

/** What goes to a channel, as the store keeps it for as long as it does. */
export interface StreamRecord {
  readonly channelId: string;
  readonly streamId: string;
  readonly sender: StreamSender;
  /** Whether it can be watched. */
  readonly isLive: boolean;
  readonly health: StreamHealth;
  readonly startTime: Date;
}

export async function insertStream(trx: Database, { account, region }: Scope, stream: StreamRecord): Promise<void> {
  await trx
    .insertInto('streams')
    .values({
      account,
      region,
      channel_id: stream.channelId,
      stream_id: stream.streamId,
      sender: stream.sender,
      is_live: stream.isLive ? 1 : 0,
      health: stream.health,
      start_time_ms: stream.startTime.getTime(),
    })
    .execute();
}

/** What goes to a channel, live or about to be. */
export async function findStream(
  db: Database,
  { account, region }: Scope,
  channelId: string,
): Promise<StreamRecord | undefined> {
  const row = await db
    .selectFrom('streams')
    .selectAll()
    .where((stream) => stream.and({ account, region, channel_id: channelId }))
    .executeTakeFirst();
  return row && toRecord(row);
}

/** Those that can be watched, newest first. */
export async function listLiveStreams(
  db: Database,
  { account, region }: Scope,
  slice: Slice,
  health?: StreamHealth,
): Promise<(StreamRecord & { seq: number })[]> {
  const rows = await db
    .selectFrom('streams')
    .selectAll()
    .where((stream) => stream.and({ account, region, is_live: 1, ...(health && { health }) }))
    .where('seq', '<', slice.before)
    .orderBy('seq', 'desc')
    .limit(slice.limit)
    .execute();
  return rows.map((row) => ({ ...toRecord(row), seq: row.seq }));
}

/** Those of all accounts and regions that have not ended, live or not. */
export async function listAllStreams(db: Database): Promise<(Scope & { stream: StreamRecord })[]> {
  const rows = await db.selectFrom('streams').selectAll().execute();
  return rows.map((row) => ({ account: row.account, region: row.region, stream: toRecord(row) }));
}

/** Those that encoders send. */
export async function countEncoderStreams(db: Database, { account, region }: Scope): Promise<number> {
  const row = await db
    .selectFrom('streams')
    .select((streams) => streams.fn.countAll<number>().as('count'))
    .where((stream) => stream.and({ account, region, sender: 'ENCODER' }))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** @returns false where there is none */
export async function updateStream(
  trx: Database,
  streamId: string,
  change: Partial<Pick<StreamRecord, 'isLive' | 'health' | 'startTime'>>,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('streams')
    .set({
      ...(change.isLive !== undefined && { is_live: change.isLive ? 1 : 0 }),
      ...(change.health !== undefined && { health: change.health }),
      ...(change.startTime !== undefined && { start_time_ms: change.startTime.getTime() }),
    })
    .where('stream_id', '=', streamId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** @returns false where there is none */
export async function deleteStream(trx: Database, streamId: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('streams').where('stream_id', '=', streamId).executeTakeFirst();
  return numDeletedRows > 0n;
}

function toRecord(row: {
  channel_id: string;
  stream_id: string;
  sender: string;
  is_live: number;
  health: StreamHealth;
  start_time_ms: number;
}): StreamRecord {
  return {
    channelId: row.channel_id,
    streamId: row.stream_id,
    sender: row.sender as StreamSender,
    isLive: row.is_live === 1,
    health: row.health,
    startTime: new Date(row.start_time_ms),
  };
}

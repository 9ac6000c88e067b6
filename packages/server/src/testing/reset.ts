import { randomUUID } from 'node:crypto';
import { ResourceNotFoundException } from '@proscenium/model';
import { channelTable } from '../channels/channel-table.ts';
import { listAllStreams } from '../channels/stream-table.ts';
import type { Handler } from '../http/handlers.ts';
import { stages } from '../stages/stage-table.ts';
import { emptyTables } from '../store/sqlite/empty-tables.ts';
import type { Database, Store } from '../store/store.ts';

/** The server's own keys, and who may call it. */
const kept = ['secrets', 'users', 'access_keys', 'policies', 'user_policies', 'access_changes'] as const;

/** Stages that are deleted at the same time. */
const STAGES_AT_ONCE = 100;

/** By whom whoever holds something in memory is made to let go of it. */
export interface ResetParts {
  readonly store: Store;
  readonly deleteStage: Handler<'DeleteStage'>;
  readonly encoders: {
    /** Cuts the encoder of a channel off. Resolves when that is written down; at once where there is none. */
    stop(channelArn: string): Promise<void>;
  };
}

/**
 * Brings the store back to where the first start left it, but for the server's own keys, and users with theirs. Stages go as DeleteStage has
 * them go, and what encoders send to channels as StopStream has it.
 */
export async function resetStore({ store, deleteStage, encoders }: ResetParts): Promise<void> {
  while (!(await emptyIdle(store))) {
    await deleteStages(store.db, deleteStage);
    const channelArns = await listSent(store.db);
    await Promise.all(channelArns.map((arn) => encoders.stop(arn)));
  }
}

async function deleteStages(db: Database, deleteStage: Handler<'DeleteStage'>): Promise<void> {
  const rows = await db.selectFrom('stages').select(['account', 'region', 'id']).limit(STAGES_AT_ONCE).execute();
  await Promise.all(
    rows.map(async ({ id, ...scope }) => {
      const call = { scope, requestId: randomUUID(), principalArn: `arn:aws:iam::${scope.account}:user/testing` };
      try {
        await deleteStage({ arn: stages.arn(scope, { id }) }, call);
      } catch (error) {
        // Somebody else was faster.
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    }),
  );
}

/** The channels that encoders send to. What compositions send ends with their stages. */
async function listSent(db: Database): Promise<string[]> {
  const all = await listAllStreams(db);
  return all.flatMap(({ stream, ...scope }) =>
    stream.sender === 'ENCODER' ? [channelTable.arn(scope, { id: stream.channelId })] : [],
  );
}

/** @returns false, and does nothing, while there are stages, or encoders send to channels */
function emptyIdle(store: Store): Promise<boolean> {
  return store.write(async (trx) => {
    const stage = await trx.selectFrom('stages').select('seq').limit(1).executeTakeFirst();
    if (stage !== undefined || (await listSent(trx)).length > 0) return false;
    await emptyTables(trx, kept);
    return true;
  });
}

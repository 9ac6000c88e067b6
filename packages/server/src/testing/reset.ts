import { randomUUID } from 'node:crypto';
import { ResourceNotFoundException } from '@proscenium/model';
import type { Handler } from '../http/handlers.ts';
import { stages } from '../stages/stage-table.ts';
import { emptyTables } from '../store/sqlite/empty-tables.ts';
import type { Store } from '../store/store.ts';

/** The server's own keys, and who may call it. */
const kept = ['secrets', 'users', 'access_keys', 'policies', 'user_policies', 'access_changes'] as const;

/** Stages that are deleted at the same time. */
const STAGES_AT_ONCE = 100;

/**
 * Brings the store back to where the first start left it, but for the server's own keys, and users with theirs. Stages go as DeleteStage has
 * them go, so that whoever holds something of them in memory lets go of it.
 */
export async function resetStore(store: Store, deleteStage: Handler<'DeleteStage'>): Promise<void> {
  while (!(await emptyWithoutStages(store))) {
    const rows = await store.db
      .selectFrom('stages')
      .select(['account', 'region', 'id'])
      .limit(STAGES_AT_ONCE)
      .execute();
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
}

/** @returns false, and does nothing, while there are stages */
function emptyWithoutStages(store: Store): Promise<boolean> {
  return store.write(async (trx) => {
    const stage = await trx.selectFrom('stages').select('seq').limit(1).executeTakeFirst();
    if (stage !== undefined) return false;
    await emptyTables(trx, kept);
    return true;
  });
}

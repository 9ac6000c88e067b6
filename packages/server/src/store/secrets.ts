import type { Store } from './store.ts';

/**
 * A key of the server's own: made when first asked for and the same ever after, so that restarts break nothing. It
 * travels with a backup of the store.
 */
export async function keepSecret(store: Store, name: string, make: () => Promise<string>): Promise<string> {
  const kept = await store.db.selectFrom('secrets').select('value').where('name', '=', name).executeTakeFirst();
  if (kept !== undefined) return kept.value;
  const value = await make();
  return store.write(async (trx) => {
    await trx
      .insertInto('secrets')
      .values({ name, value })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const row = await trx.selectFrom('secrets').select('value').where('name', '=', name).executeTakeFirstOrThrow();
    return row.value;
  });
}

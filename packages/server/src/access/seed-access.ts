import type { ConfiguredPolicy, ConfiguredUser } from '../config/access.ts';
import type { AccessKey } from '../identity/access-keys.ts';
import type { Database, Store } from '../store/store.ts';

/** What the start of a server brings to the store. */
export type AccessSeeds = {
  readonly users: readonly ConfiguredUser[];
  readonly policies: readonly ConfiguredPolicy[];
  /** Of the configuration. */
  readonly accessKeys: readonly AccessKey[];
  /** The one of the credentials file, when the configuration has none. */
  readonly firstKey: AccessKey | undefined;
  readonly now: Date;
};

/** What a user may do of whom nothing is said. */
const everything = 'AdministratorAccess';
/** The name under which the store remembers the first key that it took in. */
const seededKey = 'seeded-access-key';

/**
 * Brings users and policies of the configuration to the store, where they are what the configuration says until it says something
 * else. Users of configured keys that are not there are made with the right to do everything, and so is the one of the first
 * key; that key is taken in once, so that one which somebody deleted does not come back.
 */
export async function seedAccess(store: Store, seeds: AccessSeeds): Promise<void> {
  await store.write(async (trx) => {
    await trx.updateTable('users').set({ is_configured: 0, configured_keys: 0 }).execute();
    await trx.updateTable('policies').set({ is_configured: 0 }).execute();
    for (const policy of seeds.policies) await seedPolicy(trx, policy, seeds.now);
    for (const user of seeds.users) await seedUser(trx, user, seeds.now);
    for (const key of seeds.accessKeys) await seedKeyOwner(trx, key, seeds.now);
    if (seeds.firstKey !== undefined) await seedFirstKey(trx, seeds.firstKey, seeds.now);
  });
}

async function seedPolicy(trx: Database, { account, name, document }: ConfiguredPolicy, now: Date): Promise<void> {
  const document_json = JSON.stringify(document);
  const changed_time_ms = now.getTime();
  await trx
    .insertInto('policies')
    .values({ account, name, document_json, is_configured: 1, created_time_ms: changed_time_ms, changed_time_ms })
    .onConflict((conflict) =>
      conflict.columns(['account', 'name']).doUpdateSet({ document_json, is_configured: 1, changed_time_ms }),
    )
    .execute();
}

async function seedUser(trx: Database, { account, name, policies }: ConfiguredUser, now: Date): Promise<void> {
  const { seq } = await ensureUser(trx, { account, name }, now);
  await trx.updateTable('users').set({ is_configured: 1 }).where('seq', '=', seq).execute();
  await trx.deleteFrom('user_policies').where('user_seq', '=', seq).execute();
  for (const policy_name of policies)
    await trx.insertInto('user_policies').values({ user_seq: seq, policy_name }).execute();
}

async function seedKeyOwner(trx: Database, { account, userName }: AccessKey, now: Date): Promise<void> {
  const { seq, isNew } = await ensureUser(trx, { account, name: userName }, now);
  if (isNew) await trx.insertInto('user_policies').values({ user_seq: seq, policy_name: everything }).execute();
  await trx
    .updateTable('users')
    .set((columns) => ({ configured_keys: columns('configured_keys', '+', 1) }))
    .where('seq', '=', seq)
    .execute();
}

async function seedFirstKey(trx: Database, key: AccessKey, now: Date): Promise<void> {
  const { accessKeyId, secretAccessKey, account, userName } = key;
  const seeded = await trx.selectFrom('secrets').select('value').where('name', '=', seededKey).executeTakeFirst();
  if (seeded?.value === accessKeyId) return;
  await trx
    .insertInto('secrets')
    .values({ name: seededKey, value: accessKeyId })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: accessKeyId }))
    .execute();
  const { seq, isNew } = await ensureUser(trx, { account, name: userName }, now);
  if (isNew) await trx.insertInto('user_policies').values({ user_seq: seq, policy_name: everything }).execute();
  await trx
    .insertInto('access_keys')
    .values({
      access_key_id: accessKeyId,
      secret_access_key: secretAccessKey,
      user_seq: seq,
      is_active: 1,
      created_time_ms: now.getTime(),
    })
    .onConflict((conflict) => conflict.column('access_key_id').doNothing())
    .execute();
}

async function ensureUser(
  trx: Database,
  { account, name }: { account: string; name: string },
  now: Date,
): Promise<{ seq: number; isNew: boolean }> {
  const present = await trx
    .selectFrom('users')
    .select('seq')
    .where('account', '=', account)
    .where('name', '=', name)
    .executeTakeFirst();
  if (present !== undefined) return { seq: present.seq, isNew: false };
  const user = { account, name, is_configured: 0, configured_keys: 0, created_time_ms: now.getTime() };
  const { seq } = await trx.insertInto('users').values(user).returning('seq').executeTakeFirstOrThrow();
  return { seq, isNew: true };
}

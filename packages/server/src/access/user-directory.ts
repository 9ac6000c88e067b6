import type { AccessKey, AccessKeys } from '../identity/access-keys.ts';
import { preparedQuery } from '../store/prepared-query.ts';
import type { Database, Store } from '../store/store.ts';
import type { Caller } from './permissions.ts';
import { managedPolicies } from './policy/managed-policies.ts';
import type { Policy } from './policy/policy.ts';
import { readPolicy } from './policy/read-policy.ts';

/** A user as requests need it. */
type KnownUser = { readonly account: string; readonly name: string; readonly policyNames: readonly string[] };

type Snapshot = {
  /** The last change that is in it. */
  readonly change: number;
  readonly users: ReadonlyMap<string, KnownUser>;
  readonly keys: ReadonlyMap<string, AccessKey>;
  /** Documents of the policies of accounts. */
  readonly documents: ReadonlyMap<string, string>;
  /** What was read of them. */
  readonly policies: Map<string, Policy>;
};

const latest = preparedQuery((db) => db.selectFrom('access_changes').select('seq').orderBy('seq', 'desc').limit(1));

/** Names are the same in any case. */
const nameIn = (account: string, name: string) => `${account}/${name.toLowerCase()}`;

/**
 * Users with their keys and policies, as they are in the store: each request looks whether something was changed, by this process
 * or another one, and sees it. Access keys of the configuration are beside them.
 */
export class UserDirectory implements AccessKeys {
  readonly #store: Store;
  readonly #configured: ReadonlyMap<string, AccessKey>;
  #snapshot: Snapshot;

  private constructor(store: Store, configured: ReadonlyMap<string, AccessKey>, snapshot: Snapshot) {
    this.#store = store;
    this.#configured = configured;
    this.#snapshot = snapshot;
  }

  /** @throws Error when two of the configured keys have the same id */
  static async open(store: Store, configured: readonly AccessKey[]): Promise<UserDirectory> {
    const byId = new Map(configured.map((key) => [key.accessKeyId, key]));
    if (byId.size !== configured.length) throw new Error('Two access keys have the same access key id');
    return new UserDirectory(store, byId, await readSnapshot(store.db, await readChange(store.db)));
  }

  async refresh(): Promise<void> {
    // Before the rest is read: what changes in between is seen again next time.
    const change = await readChange(this.#store.db);
    if (change === this.#snapshot.change) return;
    const snapshot = await readSnapshot(this.#store.db, change);
    if (snapshot.change > this.#snapshot.change) this.#snapshot = snapshot;
  }

  /** Undefined also for a key that is disabled, and for one whose user was deleted. */
  find(accessKeyId: string): AccessKey | undefined {
    const key = this.#configured.get(accessKeyId) ?? this.#snapshot.keys.get(accessKeyId);
    return key && this.hasUser(key) ? key : undefined;
  }

  hasUser({ account, userName }: Pick<Caller, 'account' | 'userName'>): boolean {
    return this.#snapshot.users.has(nameIn(account, userName));
  }

  /** All that are attached to a user; none for one that is not there. */
  policiesOf({ account, userName }: Pick<Caller, 'account' | 'userName'>): readonly Policy[] {
    const user = this.#snapshot.users.get(nameIn(account, userName));
    return (user?.policyNames ?? []).map((name) => this.#policy(account, name));
  }

  #policy(account: string, name: string): Policy {
    const { policies, documents } = this.#snapshot;
    const key = nameIn(account, name);
    const known = policies.get(key);
    if (known !== undefined) return known;
    const written = documents.get(key);
    const document: unknown = written === undefined ? managedPolicies.get(name) : JSON.parse(written);
    // A policy that cannot be read may deny something: without it nothing can be decided.
    if (document === undefined) throw new Error(`The account ${account} has no policy ${name}`);
    const policy = readPolicy(document);
    policies.set(key, policy);
    return policy;
  }
}

async function readChange(db: Database): Promise<number> {
  const [row] = await latest(db, {});
  return row?.seq ?? 0;
}

async function readSnapshot(db: Database, change: number): Promise<Snapshot> {
  const users = await db.selectFrom('users').select(['seq', 'account', 'name']).execute();
  const attached = await db.selectFrom('user_policies').select(['user_seq', 'policy_name']).orderBy('seq').execute();
  const keys = await db.selectFrom('access_keys').selectAll().where('is_active', '=', 1).execute();
  const policies = await db.selectFrom('policies').select(['account', 'name', 'document_json']).execute();

  const policiesOfUser = Map.groupBy(attached, ({ user_seq }) => user_seq);
  const known = new Map(
    users.map(({ seq, account, name }) => {
      const policyNames = (policiesOfUser.get(seq) ?? []).map(({ policy_name }) => policy_name);
      return [seq, { account, name, policyNames }];
    }),
  );
  return {
    change,
    users: new Map([...known.values()].map((user) => [nameIn(user.account, user.name), user])),
    keys: new Map(keys.flatMap((row) => entryOf(row, known.get(row.user_seq)))),
    documents: new Map(policies.map(({ account, name, document_json }) => [nameIn(account, name), document_json])),
    policies: new Map(),
  };
}

function entryOf(
  { access_key_id, secret_access_key }: { access_key_id: string; secret_access_key: string },
  user: KnownUser | undefined,
): [string, AccessKey][] {
  if (user === undefined) return [];
  const { account, name } = user;
  const key = { accessKeyId: access_key_id, secretAccessKey: secret_access_key, account, userName: name };
  return [[access_key_id, key]];
}

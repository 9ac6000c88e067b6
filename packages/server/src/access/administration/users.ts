import { type ShownKey, showKey } from './access-keys.ts';
import { type Administration, AdministrationError } from './administration.ts';
import { nameOfPolicy } from './policies.ts';
import { getUser, type UserRow } from './user-row.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const maximumUsers = 5_000;
const maximumPolicies = 10;

const namePattern = /^[\w+=,.@-]{1,64}$/;

/** A user as it is shown. */
export type ShownUser = {
  name: string;
  policies: string[];
  /** Without those that the configuration gives. */
  accessKeys: ShownKey[];
  /** How many keys the configuration gives. */
  configuredAccessKeys: number;
  /** Whether the configuration says what it may do. */
  configured: boolean;
  createdTime: Date;
};

/** Users of one account. What is wrong with an order is told by an AdministrationError. */
export class Users {
  readonly #administration: Administration;

  constructor(administration: Administration) {
    this.#administration = administration;
  }

  /** By name. */
  async list(): Promise<ShownUser[]> {
    const { db, account } = this.#administration;
    const rows = await db.selectFrom('users').selectAll().where('account', '=', account).orderBy('name').execute();
    return this.#show(rows);
  }

  async get(name: string): Promise<ShownUser> {
    const { db, account } = this.#administration;
    const [user] = await this.#show([await getUser(db, account, name)]);
    if (user === undefined) throw new Error('One row shows one user');
    return user;
  }

  /** @param policies names of those that say what it may do; without any it may do nothing */
  async create(name: string, policies: readonly string[] = []): Promise<ShownUser> {
    if (!namePattern.test(name)) {
      throw new AdministrationError('The name of a user has 1 to 64 letters, digits or any of +=,.@_-', 'invalid');
    }
    const administration = this.#administration;
    const { account } = administration;
    const created_time_ms = administration.now().getTime();
    await administration.change('CreateUser', { userName: name, policies }, async (trx) => {
      const present = await trx.selectFrom('users').select('name').where('account', '=', account).execute();
      if (present.some((user) => user.name.toLowerCase() === name.toLowerCase())) {
        throw new AdministrationError(`There is a user ${name} already`);
      }
      if (present.length >= maximumUsers) throw new AdministrationError(`There can be at most ${maximumUsers} users`);
      const user = { account, name, is_configured: 0, configured_keys: 0, created_time_ms };
      const { seq } = await trx.insertInto('users').values(user).returning('seq').executeTakeFirstOrThrow();
      for (const policy of policies) await attach(trx, { seq, name, account }, policy);
    });
    return this.get(name);
  }

  /** With its access keys. */
  async delete(name: string): Promise<void> {
    const administration = this.#administration;
    await administration.change('DeleteUser', { userName: name }, async (trx) => {
      const user = await getUser(trx, administration.account, name);
      if (user.configured_keys > 0) {
        throw new AdministrationError(
          `${user.name} has access keys in the configuration: remove them there and restart the server first`,
        );
      }
      refuseConfigured(user);
      await trx.deleteFrom('users').where('seq', '=', user.seq).execute();
    });
  }

  async attachPolicy(name: string, policy: string): Promise<ShownUser> {
    const administration = this.#administration;
    await administration.change('AttachUserPolicy', { userName: name, policyName: policy }, async (trx) => {
      const user = await getUser(trx, administration.account, name);
      refuseConfigured(user);
      await attach(trx, user, policy);
    });
    return this.get(name);
  }

  async detachPolicy(name: string, policy: string): Promise<ShownUser> {
    const administration = this.#administration;
    await administration.change('DetachUserPolicy', { userName: name, policyName: policy }, async (trx) => {
      const user = await getUser(trx, administration.account, name);
      refuseConfigured(user);
      const { numDeletedRows } = await trx
        .deleteFrom('user_policies')
        .where('user_seq', '=', user.seq)
        .where('policy_name', '=', policy)
        .executeTakeFirst();
      if (numDeletedRows === 0n)
        throw new AdministrationError(`${user.name} does not have the policy ${policy}`, 'missing');
    });
    return this.get(name);
  }

  /** A few queries for all of them. */
  async #show(rows: readonly UserRow[]): Promise<ShownUser[]> {
    const { db, account } = this.#administration;
    const [only] = rows.length === 1 ? rows : [];
    const attached = await db
      .selectFrom('user_policies')
      .innerJoin('users', 'users.seq', 'user_policies.user_seq')
      .select(['user_seq', 'policy_name'])
      .where('users.account', '=', account)
      .$if(only !== undefined, (query) => query.where('user_seq', '=', only?.seq ?? 0))
      .orderBy('user_policies.seq')
      .execute();
    const keys = await db
      .selectFrom('access_keys')
      .innerJoin('users', 'users.seq', 'access_keys.user_seq')
      .selectAll('access_keys')
      .where('users.account', '=', account)
      .$if(only !== undefined, (query) => query.where('user_seq', '=', only?.seq ?? 0))
      .orderBy('access_keys.seq')
      .execute();
    const policiesOfUser = Map.groupBy(attached, ({ user_seq }) => user_seq);
    const keysOfUser = Map.groupBy(keys, ({ user_seq }) => user_seq);
    return rows.map(({ seq, name, configured_keys, is_configured, created_time_ms }) => ({
      name,
      policies: (policiesOfUser.get(seq) ?? []).map(({ policy_name }) => policy_name),
      accessKeys: (keysOfUser.get(seq) ?? []).map((key) => showKey(key, name)),
      configuredAccessKeys: configured_keys,
      configured: is_configured === 1,
      createdTime: new Date(created_time_ms),
    }));
  }
}

function refuseConfigured({ name, is_configured }: UserRow): void {
  if (is_configured === 0) return;
  throw new AdministrationError(`What ${name} may do is set by the configuration: change it there`);
}

async function attach(
  trx: Administration['db'],
  { seq, name, account }: Pick<UserRow, 'seq' | 'name' | 'account'>,
  policy: string,
): Promise<void> {
  const policy_name = await nameOfPolicy(trx, account, policy);
  const attached = await trx.selectFrom('user_policies').select('policy_name').where('user_seq', '=', seq).execute();
  if (attached.some((each) => each.policy_name === policy_name)) {
    throw new AdministrationError(`${name} has the policy ${policy_name} already`);
  }
  if (attached.length >= maximumPolicies) {
    throw new AdministrationError(`A user can have at most ${maximumPolicies} policies`);
  }
  await trx.insertInto('user_policies').values({ user_seq: seq, policy_name }).execute();
}

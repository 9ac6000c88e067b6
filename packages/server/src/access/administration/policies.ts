import type { Selectable } from 'kysely';
import type { Database } from '../../store/store.ts';
import type { Tables } from '../../store/tables.ts';
import { managedName, managedPolicies } from '../policy/managed-policies.ts';
import { parsePolicy } from '../policy/read-policy.ts';
import { type Administration, AdministrationError } from './administration.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const maximumPolicies = 1_500;

const namePattern = /^[\w+=,.@-]{1,128}$/;

/** A policy as it is shown. */
export type ShownPolicy = {
  name: string;
  /** Whether every account has it, and nobody can change it. */
  managed: boolean;
  /** Whether it is of the configuration. */
  configured: boolean;
  /** Names of the users that have it. */
  users: string[];
  document: unknown;
};

/** Policies of one account, with those that every account has. */
export class Policies {
  readonly #administration: Administration;

  constructor(administration: Administration) {
    this.#administration = administration;
  }

  /** By name, those that every account has first. */
  async list(): Promise<ShownPolicy[]> {
    const { db, account } = this.#administration;
    const rows = await db.selectFrom('policies').selectAll().where('account', '=', account).orderBy('name').execute();
    const own = rows.map((row) => ({
      name: row.name,
      managed: false,
      configured: row.is_configured === 1,
      document: JSON.parse(row.document_json) as unknown,
    }));
    const managed = [...managedPolicies].map(([name, document]) => ({
      name,
      managed: true,
      configured: false,
      document,
    }));
    const attached = await db
      .selectFrom('user_policies')
      .innerJoin('users', 'users.seq', 'user_policies.user_seq')
      .select(['users.name', 'policy_name'])
      .where('users.account', '=', account)
      .orderBy('users.name')
      .execute();
    const usersOfPolicy = Map.groupBy(attached, ({ policy_name }) => policy_name.toLowerCase());
    return [...managed, ...own].map((each) => ({
      ...each,
      users: (usersOfPolicy.get(each.name.toLowerCase()) ?? []).map(({ name }) => name),
    }));
  }

  async get(name: string): Promise<ShownPolicy> {
    const { db, account } = this.#administration;
    const found = await nameOfPolicy(db, account, name);
    const policy = (await this.list()).find((each) => each.name === found);
    if (policy === undefined) throw missing(account, name);
    return policy;
  }

  /**
   * Makes a policy, or puts another document in its place.
   *
   * @param json the document
   * @throws PolicyError when it cannot be used
   */
  async put(name: string, json: string): Promise<ShownPolicy> {
    if (!namePattern.test(name)) {
      throw new AdministrationError('The name of a policy has 1 to 128 letters, digits or any of +=,.@_-', 'invalid');
    }
    if (managedName(name) !== undefined) throw unchangeable(name);
    parsePolicy(json);
    const document_json = JSON.stringify(JSON.parse(json));
    const administration = this.#administration;
    const { account } = administration;
    const nowMs = administration.now().getTime();
    const parameters = { policyName: name, policyDocument: JSON.parse(document_json) };
    await administration.change('PutPolicy', parameters, async (trx) => {
      const present = await findPolicy(trx, account, name);
      if (present !== undefined) {
        refuseConfigured(present);
        const changes = { document_json, changed_time_ms: nowMs };
        await trx.updateTable('policies').set(changes).where('seq', '=', present.seq).execute();
        return;
      }
      const { count } = await trx
        .selectFrom('policies')
        .select((rows) => rows.fn.countAll<number>().as('count'))
        .where('account', '=', account)
        .executeTakeFirstOrThrow();
      if (count >= maximumPolicies) throw new AdministrationError(`There can be at most ${maximumPolicies} policies`);
      const row = { account, name, document_json, is_configured: 0, created_time_ms: nowMs, changed_time_ms: nowMs };
      await trx.insertInto('policies').values(row).execute();
    });
    return this.get(name);
  }

  async delete(name: string): Promise<void> {
    const administration = this.#administration;
    const { account } = administration;
    if (managedName(name) !== undefined) throw unchangeable(name);
    await administration.change('DeletePolicy', { policyName: name }, async (trx) => {
      const policy = await findPolicy(trx, account, name);
      if (policy === undefined) throw missing(account, name);
      refuseConfigured(policy);
      const users = await usersOf(trx, account, name);
      if (users.length > 0) {
        throw new AdministrationError(`${policy.name} is attached to ${users.join(', ')}: detach it first`);
      }
      await trx.deleteFrom('policies').where('seq', '=', policy.seq).execute();
    });
  }
}

/** A policy's name as it was given to it. @throws AdministrationError when the account has none by this name */
export async function nameOfPolicy(db: Database, account: string, name: string): Promise<string> {
  const found = managedName(name) ?? (await findPolicy(db, account, name))?.name;
  if (found === undefined) throw missing(account, name);
  return found;
}

function findPolicy(db: Database, account: string, name: string): Promise<Selectable<Tables['policies']> | undefined> {
  return db
    .selectFrom('policies')
    .selectAll()
    .where('account', '=', account)
    .where('name', '=', name)
    .executeTakeFirst();
}

async function usersOf(db: Database, account: string, policy: string): Promise<string[]> {
  const rows = await db
    .selectFrom('user_policies')
    .innerJoin('users', 'users.seq', 'user_policies.user_seq')
    .select('users.name')
    .where('users.account', '=', account)
    .where('policy_name', '=', policy)
    .orderBy('users.name')
    .execute();
  return rows.map(({ name }) => name);
}

function refuseConfigured({ name, is_configured }: { name: string; is_configured: number }): void {
  if (is_configured === 1) throw new AdministrationError(`${name} is of the configuration: change it there`);
}

function unchangeable(name: string): AdministrationError {
  return new AdministrationError(`${name} is a policy that every account has, and nobody can change it`);
}

function missing(account: string, name: string): AdministrationError {
  return new AdministrationError(`There is no policy ${name} in the account ${account}`, 'missing');
}

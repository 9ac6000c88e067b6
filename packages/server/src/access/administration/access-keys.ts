import { randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import { createAccessKeyId, createSecretAccessKey } from '../../identity/new-access-key.ts';
import type { Database } from '../../store/store.ts';
import type { Tables } from '../../store/tables.ts';
import { type Administration, AdministrationError } from './administration.ts';
import { getUser } from './user-row.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const maximumKeys = 2;

/** An access key as it is shown again and again. */
export type ShownKey = { accessKeyId: string; userName: string; active: boolean; createdTime: Date };
/** The same with what is shown once. */
export type NewKey = ShownKey & { secretAccessKey: string };

/** Access keys of one account, without those that the configuration gives. */
export class UserAccessKeys {
  readonly #administration: Administration;

  constructor(administration: Administration) {
    this.#administration = administration;
  }

  /** @param userName of all users when it is left out */
  async list(userName?: string): Promise<ShownKey[]> {
    const { db, account } = this.#administration;
    const user = userName === undefined ? undefined : await getUser(db, account, userName);
    const rows = await db
      .selectFrom('access_keys')
      .innerJoin('users', 'users.seq', 'access_keys.user_seq')
      .selectAll('access_keys')
      .select('users.name')
      .where('users.account', '=', account)
      .orderBy('users.name')
      .orderBy('access_keys.seq')
      .execute();
    return rows.filter(({ name }) => user === undefined || name === user.name).map((row) => showKey(row, row.name));
  }

  /** A user can have two, so that one can be replaced while the other is in use. */
  create(userName: string): Promise<NewKey> {
    const key = this.#newKey();
    const parameters = { userName, accessKeyId: key.access_key_id };
    return this.#administration.change('CreateAccessKey', parameters, (trx) => this.#insert(trx, userName, key));
  }

  /** A disabled key opens nothing, and can be enabled again. */
  async setActive(accessKeyId: string, active: boolean): Promise<ShownKey> {
    const parameters = { accessKeyId, status: active ? 'Active' : 'Inactive' };
    return this.#administration.change('UpdateAccessKey', parameters, async (trx) => {
      const { row, userName } = await this.#get(trx, accessKeyId);
      const is_active = active ? 1 : 0;
      await trx.updateTable('access_keys').set({ is_active }).where('seq', '=', row.seq).execute();
      return showKey({ ...row, is_active }, userName);
    });
  }

  async delete(accessKeyId: string): Promise<void> {
    await this.#administration.change('DeleteAccessKey', { accessKeyId }, async (trx) => {
      const { row } = await this.#get(trx, accessKeyId);
      await trx.deleteFrom('access_keys').where('seq', '=', row.seq).execute();
    });
  }

  /** Another key of the same user in the place of this one, which is gone from then on. */
  rotate(accessKeyId: string): Promise<NewKey> {
    const key = this.#newKey();
    const parameters = { accessKeyId, newAccessKeyId: key.access_key_id };
    return this.#administration.change('RotateAccessKey', parameters, async (trx) => {
      const { row, userName } = await this.#get(trx, accessKeyId);
      await trx.deleteFrom('access_keys').where('seq', '=', row.seq).execute();
      return this.#insert(trx, userName, key);
    });
  }

  #newKey(): { access_key_id: string; secret_access_key: string } {
    const { random = randomBytes } = this.#administration;
    return { access_key_id: createAccessKeyId(random), secret_access_key: createSecretAccessKey(random) };
  }

  async #insert(
    trx: Database,
    userName: string,
    key: { access_key_id: string; secret_access_key: string },
  ): Promise<NewKey> {
    const { account } = this.#administration;
    const user = await getUser(trx, account, userName);
    const present = await trx.selectFrom('access_keys').select('seq').where('user_seq', '=', user.seq).execute();
    if (present.length >= maximumKeys) {
      throw new AdministrationError(`${user.name} has ${maximumKeys} access keys already: delete one of them first`);
    }
    const row = await trx
      .insertInto('access_keys')
      .values({
        ...key,
        user_seq: user.seq,
        is_active: 1,
        created_time_ms: this.#administration.now().getTime(),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return { ...showKey(row, user.name), secretAccessKey: key.secret_access_key };
  }

  async #get(db: Database, accessKeyId: string) {
    const { account } = this.#administration;
    const found = await db
      .selectFrom('access_keys')
      .innerJoin('users', 'users.seq', 'access_keys.user_seq')
      .selectAll('access_keys')
      .select('users.name')
      .where('access_key_id', '=', accessKeyId)
      .where('users.account', '=', account)
      .executeTakeFirst();
    if (found === undefined) {
      throw new AdministrationError(
        `There is no access key ${accessKeyId} in the account ${account}; those of the configuration are changed there`,
        'missing',
      );
    }
    const { name: userName, ...row } = found;
    return { row, userName };
  }
}

export function showKey(
  { access_key_id, is_active, created_time_ms }: Selectable<Tables['access_keys']>,
  userName: string,
): ShownKey {
  return { accessKeyId: access_key_id, userName, active: is_active === 1, createdTime: new Date(created_time_ms) };
}

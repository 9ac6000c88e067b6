import type { Selectable } from 'kysely';
import type { Database } from '../../store/store.ts';
import type { Tables } from '../../store/tables.ts';
import { AdministrationError } from './administration.ts';

export type UserRow = Selectable<Tables['users']>;

/** @throws AdministrationError when there is no such user */
export async function getUser(db: Database, account: string, name: string): Promise<UserRow> {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('account', '=', account)
    .where('name', '=', name)
    .executeTakeFirst();
  if (row === undefined) throw new AdministrationError(`There is no user ${name} in the account ${account}`, 'missing');
  return row;
}

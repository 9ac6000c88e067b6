import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../clock.ts';
import { inspectSchema } from '../../store/sqlite/inspect-database.ts';
import { openStore } from '../../store/sqlite/open-store.ts';
import { UserAccessKeys } from './access-keys.ts';
import { Administration, AdministrationError, type AdministrationParts } from './administration.ts';
import { Policies } from './policies.ts';
import { Simulation } from './simulation.ts';
import { Users } from './users.ts';

/** Users, keys and policies of one account. */
export type AccountAccess = {
  readonly users: Users;
  readonly keys: UserAccessKeys;
  readonly policies: Policies;
  readonly simulation: Simulation;
};

export type OpenAdministration = AccountAccess & { close(): Promise<void> };

export function administer(administration: Administration): AccountAccess {
  return {
    users: new Users(administration),
    keys: new UserAccessKeys(administration),
    policies: new Policies(administration),
    simulation: new Simulation(administration),
  };
}

/**
 * Opens the database of a data folder beside the server that may run on it.
 *
 * @throws AdministrationError when there is none, or the server is of another version
 */
export async function openAdministration(
  folder: string,
  options: Pick<AdministrationParts, 'account' | 'actor'>,
): Promise<OpenAdministration> {
  const file = join(folder, 'proscenium.db');
  if (!existsSync(file)) {
    throw new AdministrationError(
      `There is no database in ${folder}: name the server's data folder by --data or --config, or start the server once`,
    );
  }
  const { version, knownVersion } = inspectSchema(file);
  // A server of the earlier version may run on it, which could not go on.
  if (version < knownVersion) {
    throw new AdministrationError(`${file} was written by an older server: start one of this version first`);
  }
  const store = await openStore({ file, clock: systemClock });
  const access = administer(new Administration({ ...options, store, clock: systemClock }));
  return { ...access, close: () => store.close() };
}

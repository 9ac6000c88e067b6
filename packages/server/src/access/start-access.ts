import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { AccessKey } from '../identity/access-keys.ts';
import { createCredentialsFile } from '../identity/credentials-file.ts';
import type { Store } from '../store/store.ts';
import { seedAccess } from './seed-access.ts';
import { UserDirectory } from './user-directory.ts';

/** Who may call a server, and with what. */
export type StartedAccess = {
  readonly users: UserDirectory;
  /** Where the first access key was written, unless keys are configured. */
  readonly credentialsFile: string | undefined;
  /** Whose the first access key is of those of the server's own account; undefined: the configuration has none of it. */
  readonly firstUserName: string | undefined;
};

/** Brings what the configuration has to the store; where it has no access key, the one of the data folder. */
export async function startAccess(
  { accessKeys, users, policies, account, data }: Config,
  { store, clock }: { store: Store; clock: Clock },
): Promise<StartedAccess> {
  const credentialsFile = accessKeys.length > 0 ? undefined : join(data, 'credentials');
  const firstKey =
    credentialsFile === undefined
      ? undefined
      : await createCredentialsFile(credentialsFile, { account, userName: 'admin' });
  await seedAccess(store, { users, policies, accessKeys, firstKey, now: clock.now() });
  const own: readonly AccessKey[] = firstKey === undefined ? accessKeys : [firstKey];
  return {
    users: await UserDirectory.open(store, accessKeys),
    credentialsFile,
    firstUserName: own.find((key) => key.account === account)?.userName,
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { HandClock } from '../hand-clock.fixture.ts';
import { openStore } from '../store/sqlite/open-store.ts';
import type { Store } from '../store/store.ts';
import { UserAccessKeys } from './administration/access-keys.ts';
import { Administration } from './administration/administration.ts';
import { Policies } from './administration/policies.ts';
import { Users } from './administration/users.ts';

export const account = '123456789012';
export const otherAccount = '210987654321';

/** Users of an account, with a database of their own. */
export type AccessFixture = {
  clock: HandClock;
  /** As a server has it. */
  store: Store;
  users: Users;
  keys: UserAccessKeys;
  policies: Policies;
  /** The same for another account, over the same connection. */
  ofAccount(account: string): Pick<AccessFixture, 'users' | 'keys' | 'policies'>;
};

/** Those who administer have a connection of their own, as another process has. */
export async function openAccess(t: TestContext): Promise<AccessFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-access-'));
  const clock = new HandClock('2026-11-21T20:00:00Z');
  const file = join(folder, 'proscenium.db');
  const store = await openStore({ file, clock });
  const other = await openStore({ file, clock });
  t.after(async () => {
    await Promise.all([store.close(), other.close()]);
    await rm(folder, { recursive: true });
  });
  const ofAccount = (owner: string) => {
    const administration = new Administration({ store: other, clock, account: owner, actor: 'root@host' });
    return {
      users: new Users(administration),
      keys: new UserAccessKeys(administration),
      policies: new Policies(administration),
    };
  };
  return { clock, store, ofAccount, ...ofAccount(account) };
}

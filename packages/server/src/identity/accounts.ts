/** An account that is still to be verified cannot do everything. */
export const accountStates = ['ACTIVE', 'PENDING_VERIFICATION'] as const;
export type AccountState = (typeof accountStates)[number];

export type Account = {
  /** Twelve digits. */
  id: string;
  state: AccountState;
};

export interface Accounts {
  stateOf(id: string): AccountState;
}

/** Accounts that stay as they are while the process runs; unlisted ones are active. Throws when one is listed twice. */
export function createAccounts(list: readonly Account[]): Accounts {
  const states = new Map(list.map(({ id, state }) => [id, state]));
  if (states.size !== list.length) throw new Error('An account is listed twice');
  return { stateOf: (id) => states.get(id) ?? 'ACTIVE' };
}

import type { Permissions } from './permissions.ts';

/** Everybody may do everything, in the own account. */
export const unrestricted: Permissions = { demand: async () => {} };

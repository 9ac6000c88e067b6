/** What a program needs to administer users of a data folder. It loads nothing of the server. */
export type { NewKey, ShownKey } from './access/administration/access-keys.ts';
export { AdministrationError } from './access/administration/administration.ts';
export { type OpenAdministration, openAdministration } from './access/administration/open-administration.ts';
export type { ShownPolicy } from './access/administration/policies.ts';
export type { Simulated } from './access/administration/simulation.ts';
export type { ShownUser } from './access/administration/users.ts';
export { PolicyError } from './access/policy/policy.ts';
export { parsePolicy } from './access/policy/read-policy.ts';

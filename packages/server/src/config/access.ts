import { managedName } from '../access/policy/managed-policies.ts';
import { PolicyError } from '../access/policy/policy.ts';
import { readPolicy } from '../access/policy/read-policy.ts';
import { ConfigError } from './config-error.ts';
import type { Settings } from './settings.ts';

export type ConfiguredUser = { readonly account: string; readonly name: string; readonly policies: readonly string[] };
export type ConfiguredPolicy = { readonly account: string; readonly name: string; readonly document: object };

/**
 * Users and policies, each of an account, every policy readable and every name of one known.
 *
 * @throws ConfigError
 */
export function resolveAccess({ users, policies, account }: Pick<Settings, 'users' | 'policies' | 'account'>): {
  users: ConfiguredUser[];
  policies: ConfiguredPolicy[];
} {
  const known = new Map<string, string>();
  const nameIn = (owner: string, name: string) => `${owner}/${name.toLowerCase()}`;
  const resolvedPolicies = policies.map(({ account: owner = account, name, document }, index) => {
    const where = `policies[${index}]`;
    if (managedName(name) !== undefined) throw new ConfigError(`${where}.name: every account has a policy ${name}`);
    if (known.has(nameIn(owner, name))) throw new ConfigError(`${where}.name: ${name} is there twice`);
    known.set(nameIn(owner, name), name);
    checkDocument(document, where);
    return { account: owner, name, document };
  });
  const seen = new Set<string>();
  const resolvedUsers = users.map(({ account: owner = account, name, policies: names }, index) => {
    const where = `users[${index}]`;
    if (seen.has(nameIn(owner, name))) throw new ConfigError(`${where}.name: ${name} is there twice`);
    seen.add(nameIn(owner, name));
    const written = names.map((policy, at) => {
      const found = managedName(policy) ?? known.get(nameIn(owner, policy));
      if (found !== undefined) return found;
      throw new ConfigError(`${where}.policies[${at}]: \`policies\` has no ${policy} of the account ${owner}`);
    });
    return { account: owner, name, policies: [...new Set(written)] };
  });
  return { users: resolvedUsers, policies: resolvedPolicies };
}

function checkDocument(document: object, where: string): void {
  try {
    readPolicy(document);
  } catch (error) {
    if (error instanceof PolicyError) throw new ConfigError(`${where}.document: ${error.message}`);
    throw error;
  }
}

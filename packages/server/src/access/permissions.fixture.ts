import type { Tags } from '@proscenium/model';
import { type Permissions, permissionsOf } from './permissions.ts';
import { readPolicy } from './policy/read-policy.ts';

/** What these statements say, for every caller. */
export function permissionsBy(statements: object | object[], tags: Readonly<Record<string, Tags>> = {}): Permissions {
  const policy = readPolicy({ Version: '2012-10-17', Statement: statements });
  return permissionsOf({ policiesOf: () => [policy], tagsOf: async (_, arn) => tags[arn] });
}

import { AccessDeniedException, type Tags } from '@proscenium/model';
import type { Principal } from '../identity/verify-signature.ts';
import { type AccessRequest, asksForResourceTags, type Decision, decide } from './policy/decide.ts';
import type { Policy } from './policy/policy.ts';

export type Caller = Pick<Principal, 'account' | 'region' | 'userName' | 'arn'>;

/** Who may do what. */
export interface Permissions {
  /** @throws AccessDeniedException that names the first of the requests that is not allowed */
  demand(caller: Caller, requests: readonly AccessRequest[]): Promise<void>;
}

/** A request to something that carries no tags of the API's. */
export function plainRequest(action: string, resource = '*'): AccessRequest {
  return { action, resource, tagKeys: [] };
}

export type PermissionsParts = {
  /** All that are attached to the user. */
  policiesOf(caller: Caller): readonly Policy[];
  /** Tags of what an ARN names, of the caller's account and region alone; undefined for all else. */
  tagsOf(caller: Caller, arn: string): Promise<Tags | undefined>;
};

/** What the policies of users say. */
export function permissionsOf({ policiesOf, tagsOf }: PermissionsParts): Permissions {
  return {
    async demand(caller, requests) {
      const policies = policiesOf(caller);
      const needsTags = asksForResourceTags(policies);
      for (const request of requests) {
        const resourceTags = needsTags ? await tagsOf(caller, request.resource) : undefined;
        const decision = decide(policies, { ...request, resourceTags });
        if (decision !== 'Allow') throw new AccessDeniedException(denial(caller, request, decision));
      }
    },
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
function denial({ arn }: Caller, { action, resource }: AccessRequest, decision: Exclude<Decision, 'Allow'>): string {
  const reason =
    decision === 'ExplicitDeny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}

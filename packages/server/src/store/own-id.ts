import { parseArn, type ResourceType, type Scope } from '@proscenium/model';

/**
 * The id of the resource that an ARN names. Undefined for another kind of resource and for another account or region:
 * those do not exist for the caller.
 */
export function ownId(scope: Scope, resourceType: ResourceType, arn: string): string | undefined {
  const parsed = parseArn(arn);
  if (parsed?.resourceType !== resourceType) return undefined;
  if (parsed.account !== scope.account || parsed.region !== scope.region) return undefined;
  return parsed.id;
}

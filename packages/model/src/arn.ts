/** Amazon Resource Names of these services: `arn:aws:ivs:<region>:<account>:<resource type>/<id>`. */

declare const brand: unique symbol;
/** A well-formed ARN: made by `formatArn` or accepted by `parseArn`. */
export type Arn = string & { readonly [brand]: 'Arn' };

export const resourceTypes = [
  'stage',
  'composition',
  'encoder-configuration',
  'storage-configuration',
  'ingest-configuration',
  'public-key',
  'channel',
  'stream-key',
] as const;
export type ResourceType = (typeof resourceTypes)[number];

export interface ArnParts {
  region: string;
  /** Twelve digits. */
  account: string;
  resourceType: ResourceType;
  /** Letters, digits and hyphens. */
  id: string;
}
export interface ParsedArn extends ArnParts {
  arn: Arn;
}

const maximumLength = 128;
const form = new RegExp(`^arn:aws:ivs:([a-z0-9-]+):([0-9]{12}):(${resourceTypes.join('|')})/([a-zA-Z0-9-]+)$`);

export function formatArn({ region, account, resourceType, id }: ArnParts): Arn {
  return `arn:aws:ivs:${region}:${account}:${resourceType}/${id}` as Arn;
}

/** @returns the parts, or undefined for a text that is no ARN of this service. */
export function parseArn(text: string): ParsedArn | undefined {
  if (text.length > maximumLength) return undefined;
  const [arn, region, account, resourceType, id] = form.exec(text) ?? [];
  if (arn === undefined || region === undefined || account === undefined || id === undefined) return undefined;
  return { arn: arn as Arn, region, account, resourceType: resourceType as ResourceType, id };
}

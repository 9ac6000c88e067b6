import type { Tags } from '@proscenium/model';
import { matchesWildcard } from './wildcard.ts';

/**
 * The conditions of a statement, as far as this service has something to compare:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */

/** What a condition can be about. */
export type ConditionContext = {
  /** Tags that the request brings. Undefined: it is none that can bring tags. */
  readonly requestTags?: Tags | undefined;
  /** Keys of tags that the request names; none where it names none. */
  readonly tagKeys: readonly string[];
  /** Tags of the resource. Undefined: there is no such resource, or it carries none. */
  readonly resourceTags?: Tags | undefined;
};

export const stringOperators = [
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
] as const;
export type StringOperator = (typeof stringOperators)[number];
export const quantifiers = ['ForAllValues', 'ForAnyValue'] as const;
export type Quantifier = (typeof quantifiers)[number];

export type ConditionKey =
  | { readonly kind: 'resource-tag' | 'request-tag'; readonly tagKey: string }
  | { readonly kind: 'tag-keys' };

/** One line of a condition: an operator, a key, and the values to compare with. */
export type ConditionTest = { readonly key: ConditionKey } & (
  | {
      readonly operator: StringOperator;
      readonly quantifier: Quantifier | undefined;
      readonly ifExists: boolean;
      readonly values: readonly string[];
    }
  /** Whether the key is not to be there. */
  | { readonly operator: 'Null'; readonly values: readonly boolean[] }
);

/**
 * Whether a line of a condition holds.
 *
 * Tag keys of conditions are compared without regard to case, as IAM does, while two tags of a resource may differ in nothing
 * else: then a line of an `Allow` must hold for each of them, one of a `Deny` for any.
 */
export function holds(test: ConditionTest, context: ConditionContext, effect: 'Allow' | 'Deny'): boolean {
  if (test.key.kind === 'tag-keys') return holdsFor(test, context.tagKeys);
  const found = valuesOfTag(test.key, context);
  if (found.length < 2) return holdsFor(test, found);
  const holdsForOne = (value: string) => holdsFor(test, [value]);
  return effect === 'Allow' ? found.every(holdsForOne) : found.some(holdsForOne);
}

function valuesOfTag({ kind, tagKey }: Exclude<ConditionKey, { kind: 'tag-keys' }>, context: ConditionContext) {
  const tags = kind === 'resource-tag' ? context.resourceTags : context.requestTags;
  const wanted = tagKey.toLowerCase();
  return Object.entries(tags ?? {})
    .filter(([key]) => key.toLowerCase() === wanted)
    .map(([, value]) => value);
}

/** @param found what the context has for the key, none when it is not there */
function holdsFor(test: ConditionTest, found: readonly string[]): boolean {
  if (test.operator === 'Null') return test.values.includes(found.length === 0);
  const { operator, quantifier, ifExists, values } = test;
  const negated = operator.includes('Not');
  if (found.length === 0) return ifExists || quantifier === 'ForAllValues' || (negated && quantifier === undefined);
  const accepts = (text: string) => values.some((value) => matches(operator, value, text)) !== negated;
  return quantifier === 'ForAnyValue' ? found.some(accepts) : found.every(accepts);
}

/** Without the `Not` of the operator. */
function matches(operator: StringOperator, value: string, text: string): boolean {
  switch (operator) {
    case 'StringEquals':
    case 'StringNotEquals':
      return value === text;
    case 'StringEqualsIgnoreCase':
    case 'StringNotEqualsIgnoreCase':
      return value.toLowerCase() === text.toLowerCase();
    case 'StringLike':
    case 'StringNotLike':
      return matchesWildcard(value, text);
  }
}

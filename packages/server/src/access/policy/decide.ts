import { matchesArn } from './arn-pattern.ts';
import { type ConditionContext, holds } from './condition.ts';
import type { Patterns, Policy, Statement } from './policy.ts';
import { matchesWildcard } from './wildcard.ts';

/** One thing that a caller wants to do to one resource. */
export type AccessRequest = ConditionContext & {
  /** Such as `ivs:CreateStage`. */
  readonly action: string;
  /** An ARN; `*` where an action concerns none. */
  readonly resource: string;
};

export type Decision = 'Allow' | 'ExplicitDeny' | 'ImplicitDeny';

/**
 * What the policies of one user say to a request: a `Deny` that applies comes before every `Allow`, and what nothing allows is
 * denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(policies: readonly Policy[], request: AccessRequest): Decision {
  const applying = policies.flatMap(({ statements }) => statements.filter((statement) => applies(statement, request)));
  if (applying.some(({ effect }) => effect === 'Deny')) return 'ExplicitDeny';
  return applying.length > 0 ? 'Allow' : 'ImplicitDeny';
}

/** Whether a decision can depend on the tags of the resource. */
export function asksForResourceTags(policies: readonly Policy[]): boolean {
  return policies.some(({ statements }) =>
    statements.some(({ conditions }) => conditions.some(({ key }) => key.kind === 'resource-tag')),
  );
}

function applies({ actions, resources, conditions, effect }: Statement, request: AccessRequest): boolean {
  const action = request.action.toLowerCase();
  return (
    covers(actions, (pattern) => matchesWildcard(pattern, action)) &&
    covers(resources, (pattern) => matchesArn(pattern, request.resource)) &&
    conditions.every((test) => holds(test, request, effect))
  );
}

function covers({ except, patterns }: Patterns, matches: (pattern: string) => boolean): boolean {
  return patterns.some(matches) !== except;
}

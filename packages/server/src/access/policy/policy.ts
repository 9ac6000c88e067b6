import type { ConditionTest } from './condition.ts';

/** A statement of a policy, every list written out. */
export type Statement = {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** Patterns such as `ivs:Get*`, in lower case: actions are compared without regard to case. */
  readonly actions: Patterns;
  /** ARNs with wildcards. */
  readonly resources: Patterns;
  /** All of them must hold. */
  readonly conditions: readonly ConditionTest[];
};

/** @property except whether all others are meant: `NotAction`, `NotResource` */
export type Patterns = { readonly except: boolean; readonly patterns: readonly string[] };

/** What a policy document says, once it was read. */
export type Policy = { readonly statements: readonly Statement[] };

/** A document that cannot be used. The message says where and why. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

import { matchesWildcard } from './wildcard.ts';

/** Of an ARN. */
export const arnParts = 6;

/** A wildcard stays within its part of the ARN, the last of which is all that follows the fifth colon. */
export function matchesArn(pattern: string, resource: string): boolean {
  if (pattern === '*') return true;
  const wanted = splitArn(pattern);
  const given = splitArn(resource);
  if (given.length < arnParts) return false;
  return given.every((part, index) => matchesWildcard(wanted[index] ?? '', part));
}

/** At the first five colons. */
export function splitArn(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= arnParts ? parts : [...parts.slice(0, arnParts - 1), parts.slice(arnParts - 1).join(':')];
}

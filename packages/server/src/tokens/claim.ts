import { malformed } from './token-refusal.ts';

/*
 * Readers of single claims. Each throws TokenRefusal TOKEN_MALFORMED for a value that is missing or of another kind.
 */

export function readText(value: unknown): string {
  // Half a surrogate pair is no character: the store could not keep it.
  if (typeof value !== 'string' || !value.isWellFormed()) throw malformed();
  return value;
}

export function readObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed();
  return value as Record<string, unknown>;
}

/** Seconds since 1970. */
export function readTime(seconds: unknown): Date {
  if (!Number.isSafeInteger(seconds)) throw malformed();
  const time = new Date(Number(seconds) * 1000);
  if (Number.isNaN(time.getTime())) throw malformed();
  return time;
}

/** The claim `jti`: a participant's id, or that of a connection token. */
export function readTokenId(value: unknown): string {
  const tokenId = readText(value);
  if (!/^[a-zA-Z0-9-_]{1,64}$/.test(tokenId)) throw malformed();
  return tokenId;
}

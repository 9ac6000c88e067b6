import type { KeyObject } from 'node:crypto';
import type { Scope } from '@proscenium/model';
import type { Clock } from '../clock.ts';
import { ownId } from '../store/own-id.ts';
import { readTime } from './claim.ts';
import { isSignedBy, type TokenParts } from './token-parts.ts';
import { malformed } from './token-refusal.ts';

/** The public keys that customers have imported. */
export interface ImportedKeys {
  /** Undefined when the account has none (any more) with this id in the region. */
  find(scope: Scope, id: string): Promise<KeyObject | undefined>;
}

/** `alg` of what customers sign themselves. */
export const selfSignedAlgorithm = 'ES384';

/** How far a customer's clock may be ahead of ours. */
export const clockSkewMs = 60_000;

/**
 * Checks who signed a token and from when to when it is good, before anything else of it is believed. Whether it has
 * expired is for the caller to check.
 *
 * @param scope account and region whose key must have signed it
 * @throws TokenRefusal TOKEN_MALFORMED
 */
export async function checkSelfSigned(
  parts: TokenParts,
  scope: Scope,
  { importedKeys, clock, longestLifeMs }: { importedKeys: ImportedKeys; clock: Clock; longestLifeMs: number },
): Promise<{ issuedAt: Date; expiresAt: Date }> {
  const key = await keyNamedBy(parts.header, scope, importedKeys);
  if (key === undefined || !(await isSignedBy(key, 'ieee-p1363', parts))) throw malformed();

  const expiresAt = readTime(parts.payload.exp);
  const issuedAt = readTime(parts.payload.iat);
  if (issuedAt.getTime() > clock.now().getTime() + clockSkewMs) throw malformed();
  if (expiresAt.getTime() - issuedAt.getTime() > longestLifeMs) throw malformed();
  return { issuedAt, expiresAt };
}

async function keyNamedBy(
  { alg, kid, crit }: TokenParts['header'],
  scope: Scope,
  importedKeys: ImportedKeys,
): Promise<KeyObject | undefined> {
  // What `crit` lists must be understood, and nothing is (RFC 7515, section 4.1.11).
  if (alg !== selfSignedAlgorithm || typeof kid !== 'string' || crit !== undefined) return undefined;
  const id = ownId(scope, 'public-key', kid);
  return id === undefined ? undefined : importedKeys.find(scope, id);
}

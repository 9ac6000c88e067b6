import type { Scope } from '@proscenium/model';
import type { Clock } from '../clock.ts';
import { StageErrorCode } from '../signalling/close-codes.ts';
import { readText, readTokenId } from './claim.ts';
import { ConnectionRefusal } from './connection-refusal.ts';
import type { ConnectionRevocations } from './connection-revocations.ts';
import { checkSelfSigned, type ImportedKeys } from './self-signed-token.ts';
import { takeApart } from './token-parts.ts';
import { checkUnexpired, TokenRefusal } from './token-refusal.ts';

/** What a good connection token says. */
export interface ConnectionClaims {
  readonly tokenId: string;
  /** Whose stages its bearer may join over the connection. */
  readonly scope: Scope;
  readonly expiresAt: Date;
}

export interface ConnectionTokenVerification {
  readonly importedKeys: ImportedKeys;
  readonly revocations: Pick<ConnectionRevocations, 'isRevoked'>;
  readonly clock: Clock;
}

export const longestConnectionTokenLifeMs = 28 * 24 * 60 * 60 * 1_000;

/**
 * Reads a connection token, after checking that a customer's key has signed it, that it has not expired and that it was
 * not taken back. It names no stage: each join still needs a participant token.
 *
 * @throws ConnectionRefusal
 */
export async function verifyConnectionToken(
  token: string,
  { importedKeys, revocations, clock }: ConnectionTokenVerification,
): Promise<ConnectionClaims> {
  const claims = await readClaims(token, importedKeys, clock).catch((error: unknown) => {
    throw error instanceof TokenRefusal ? toConnectionRefusal(error) : error;
  });
  if (await revocations.isRevoked(claims.scope, claims.tokenId)) throw new ConnectionRefusal('TOKEN_REVOKED');
  return claims;
}

async function readClaims(token: string, importedKeys: ImportedKeys, clock: Clock): Promise<ConnectionClaims> {
  const parts = takeApart(token);
  const { payload } = parts;
  const scope = { account: readText(payload.account_id), region: readText(payload.region) };
  const { expiresAt } = await checkSelfSigned(parts, scope, {
    importedKeys,
    clock,
    longestLifeMs: longestConnectionTokenLifeMs,
  });
  checkUnexpired(expiresAt, clock);
  // As with participant tokens, which address it is matters to the client alone.
  for (const compulsory of [payload.events_url, payload.version]) readText(compulsory);
  return { tokenId: readTokenId(payload.jti), scope, expiresAt };
}

function toConnectionRefusal({ code }: TokenRefusal): ConnectionRefusal {
  return new ConnectionRefusal(code === StageErrorCode.TOKEN_EXPIRED ? 'TOKEN_EXPIRED' : 'TOKEN_MALFORMED');
}

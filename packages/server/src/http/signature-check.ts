import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import type { AccessKeys } from '../identity/access-keys.ts';
import { SigningKeys } from '../identity/signing-keys.ts';
import { type Principal, verifySignature } from '../identity/verify-signature.ts';
import { readBody } from './body.ts';

export type SignatureRules = {
  accessKeys: AccessKeys;
  clock: Clock;
  /** Regions that a caller may sign for. */
  regions: readonly string[];
  /** What clients know the server as, behind a proxy that tells it another host. */
  publicHost?: string | undefined;
  bodyLimitBytes: number;
};

/** A request whose caller is known. */
export type SignedCall = { principal: Principal; body: Buffer; now: Date };

/** Reads requests that nobody has read yet, and finds out who made them. Throws what the caller is to be told. */
export function createSignatureCheck(rules: SignatureRules): (request: FastifyRequest) => Promise<SignedCall> {
  const { accessKeys, clock, regions, publicHost, bodyLimitBytes } = rules;
  const signingKeys = new SigningKeys();
  return async ({ raw }) => {
    const { method = '', url: rawUrl = '', rawHeaders } = raw;
    const body = await readBody(raw, bodyLimitBytes);
    await accessKeys.refresh();
    const now = clock.now();
    const signed = { method, rawUrl, rawHeaders, bodySha256: hash('sha256', body) };
    return { principal: verifySignature(signed, { accessKeys, regions, signingKeys, publicHost, now }), body, now };
  };
}

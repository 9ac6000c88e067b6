import { type KeyObject, verify } from 'node:crypto';
import { parseArn } from '@proscenium/model';
import type { Clock } from '../clock.ts';
import type { StageRef } from '../participants/live-stages.ts';
import { StageErrorCode } from '../signalling/close-codes.ts';
import type { ParticipantClaims } from './participant-claims.ts';
import type { SigningKey } from './signing-key.ts';
import { maximumTokenBytes, serviceTokenHeader, tokenDigest } from './token-format.ts';
import { TokenRefusal } from './token-refusal.ts';

export type TokenHeader = { alg: unknown; kid: unknown };

/** Finds the key that a token must have been signed with; undefined when there is none for such a header. */
export type FindTokenKey = (header: TokenHeader) => Promise<KeyObject | undefined>;

/** Knows the key of the tokens that the service makes. */
export function serviceTokenKey(signingKey: SigningKey): FindTokenKey {
  return async ({ alg, kid }) =>
    alg === serviceTokenHeader.alg && kid === undefined ? signingKey.publicKey : undefined;
}

/**
 * Reads a token, after checking that a known key has signed it and that it has not expired. Whether its stage is there
 * and still wants the participant is for `admitParticipant` to say.
 *
 * @throws TokenRefusal TOKEN_MALFORMED or TOKEN_EXPIRED
 */
export async function verifyParticipantToken(
  token: string,
  { findKey, clock }: { findKey: FindTokenKey; clock: Clock },
): Promise<ParticipantClaims> {
  const { header, payload, signed, signature } = takeApart(token);
  const key = await findKey({ alg: header.alg, kid: header.kid });
  if (key === undefined || !(await isSignedBy(key, signed, signature))) throw malformed();
  const claims = readClaims(payload);
  if (claims.expiresAt.getTime() <= clock.now().getTime()) throw new TokenRefusal(StageErrorCode.TOKEN_EXPIRED);
  return claims;
}

type JsonObject = Record<string, unknown>;

function takeApart(token: string): { header: JsonObject; payload: JsonObject; signed: string; signature: Buffer } {
  // A character is at least a byte, so this never takes in more than the limit.
  if (token.length > maximumTokenBytes) throw malformed();
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) throw malformed();
  return {
    header: readObject(decode(header)),
    payload: readObject(decode(payload)),
    signed: `${header}.${payload}`,
    signature: decode(signature),
  };
}

/** Node's decoder is lenient; a token has one spelling only. */
function decode(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) throw malformed();
  return bytes;
}

function readObject(bytes: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    // What the parser says would repeat a piece of the token.
    throw malformed();
  }
  return object(value);
}

/** In the thread pool, like signing. */
function isSignedBy(key: KeyObject, signed: string, signature: Buffer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(tokenDigest, Buffer.from(signed), { key, dsaEncoding: 'der' }, signature, (error, right) => {
      if (error) reject(error);
      else resolve(right);
    });
  });
}

function readClaims(payload: JsonObject): ParticipantClaims {
  const capabilities = object(payload.capabilities);
  return {
    participantId: readParticipantId(payload.jti),
    stage: readStage(payload),
    userId: payload.user_id === undefined ? '' : text(payload.user_id),
    attributes: payload.attributes === undefined ? {} : readAttributes(payload.attributes),
    capabilities: { publish: capabilities.allow_publish === true, subscribe: capabilities.allow_subscribe === true },
    expiresAt: readTime(payload.exp),
    ...(payload.iat !== undefined && { issuedAt: readTime(payload.iat) }),
    selfSigned: false,
  };
}

function readParticipantId(jti: unknown): string {
  const participantId = text(jti);
  if (!/^[a-zA-Z0-9-_]{1,64}$/.test(participantId)) throw malformed();
  return participantId;
}

function readStage({ resource, topic }: JsonObject): StageRef {
  const arn = parseArn(text(resource));
  if (arn?.resourceType !== 'stage' || arn.id !== topic) throw malformed();
  return { account: arn.account, region: arn.region, stageId: arn.id };
}

function readAttributes(attributes: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(object(attributes)).map(([key, value]) => [key, text(value)]));
}

/** Seconds since 1970. */
function readTime(seconds: unknown): Date {
  if (!Number.isSafeInteger(seconds)) throw malformed();
  return new Date(Number(seconds) * 1000);
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw malformed();
  return value;
}

function object(value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed();
  return value as JsonObject;
}

function malformed(): TokenRefusal {
  return new TokenRefusal(StageErrorCode.TOKEN_MALFORMED);
}

import type { KeyObject } from 'node:crypto';
import { attributesSizeBytes, maximumAttributesSizeBytes, parseArn } from '@proscenium/model';
import type { Clock } from '../clock.ts';
import type { StageRef } from '../participants/live-stages.ts';
import { StageErrorCode } from '../signalling/close-codes.ts';
import { readObject, readText, readTime, readTokenId } from './claim.ts';
import type { ParticipantClaims } from './participant-claims.ts';
import { checkSelfSigned, type ImportedKeys, selfSignedAlgorithm } from './self-signed-token.ts';
import { serviceTokenHeader } from './token-format.ts';
import { isSignedBy, type TokenParts, takeApart } from './token-parts.ts';
import { checkUnexpired, malformed, TokenRefusal } from './token-refusal.ts';

export interface ParticipantTokenVerification {
  /** Key of the tokens that the service makes. */
  readonly serviceKey: KeyObject;
  /** Keys of the tokens that customers sign themselves. */
  readonly importedKeys: ImportedKeys;
  readonly clock: Clock;
}

const longestSelfSignedLifeMs = 14 * 24 * 60 * 60 * 1_000;
const maximumUserIdLength = 128;

/**
 * Reads a token, after checking that a known key has signed it and that it has not expired. Whether its stage is there
 * and still wants the participant is for `admitParticipant` to say.
 *
 * @throws TokenRefusal TOKEN_MALFORMED or TOKEN_EXPIRED; STAGE_DELETED when it names no stage because it names two
 */
export function verifyParticipantToken(
  token: string,
  verification: ParticipantTokenVerification,
): Promise<ParticipantClaims> {
  return readToken(token, verification, (expiresAt) => checkUnexpired(expiresAt, verification.clock));
}

/**
 * Reads a token that may have expired: what was begun with it can be ended with it.
 *
 * @throws TokenRefusal TOKEN_MALFORMED; STAGE_DELETED as above
 */
export function identifyParticipant(
  token: string,
  verification: ParticipantTokenVerification,
): Promise<ParticipantClaims> {
  return readToken(token, verification, () => {});
}

/** Refuses a token by its end. The signature has been checked by then, and nothing else. */
type CheckExpiry = (expiresAt: Date) => void;

async function readToken(
  token: string,
  verification: ParticipantTokenVerification,
  checkExpiry: CheckExpiry,
): Promise<ParticipantClaims> {
  const parts = takeApart(token);
  switch (parts.header.alg) {
    case serviceTokenHeader.alg:
      return readServiceToken(parts, verification, checkExpiry);
    case selfSignedAlgorithm:
      return readSelfSignedToken(parts, verification, checkExpiry);
    default:
      throw malformed();
  }
}

async function readServiceToken(
  parts: TokenParts,
  { serviceKey }: ParticipantTokenVerification,
  checkExpiry: CheckExpiry,
): Promise<ParticipantClaims> {
  const { header, payload } = parts;
  if (header.kid !== undefined || !(await isSignedBy(serviceKey, 'der', parts))) throw malformed();
  const expiresAt = readTime(payload.exp);
  checkExpiry(expiresAt);
  return {
    ...readClaims(payload),
    expiresAt,
    ...(payload.iat !== undefined && { issuedAt: readTime(payload.iat) }),
    selfSigned: false,
  };
}

async function readSelfSignedToken(
  parts: TokenParts,
  { importedKeys, clock }: ParticipantTokenVerification,
  checkExpiry: CheckExpiry,
): Promise<ParticipantClaims> {
  const { payload } = parts;
  const { account, region } = readStage(payload);
  const life = await checkSelfSigned(
    parts,
    { account, region },
    { importedKeys, clock, longestLifeMs: longestSelfSignedLifeMs },
  );
  checkExpiry(life.expiresAt);
  const claims = readClaims(payload);
  // Clients are led by the addresses, not the server: they may have been kept since before it moved.
  const endpoints = { events: readText(payload.events_url), whip: readText(payload.whip_url) };
  readText(payload.version);
  return { ...claims, ...life, selfSigned: true, endpoints };
}

type Payload = TokenParts['payload'];

function readClaims(payload: Payload): Omit<ParticipantClaims, 'expiresAt' | 'issuedAt' | 'selfSigned' | 'endpoints'> {
  const stage = readStage(payload);
  if (readText(payload.topic) !== stage.stageId) throw new TokenRefusal(StageErrorCode.STAGE_DELETED);
  const { allow_publish, allow_subscribe } = readObject(payload.capabilities);
  return {
    participantId: readTokenId(payload.jti),
    stage,
    userId: payload.user_id === undefined ? '' : readUserId(payload.user_id),
    attributes: payload.attributes === undefined ? {} : readAttributes(payload.attributes),
    capabilities: { publish: readCapability(allow_publish), subscribe: readCapability(allow_subscribe) },
  };
}

function readStage({ resource }: Payload): StageRef {
  const arn = parseArn(readText(resource));
  if (arn?.resourceType !== 'stage') throw malformed();
  return { account: arn.account, region: arn.region, stageId: arn.id };
}

function readUserId(value: unknown): string {
  const userId = readText(value);
  if ([...userId].length > maximumUserIdLength) throw malformed();
  return userId;
}

function readAttributes(value: unknown): Record<string, string> {
  const attributes = Object.fromEntries(
    Object.entries(readObject(value)).map(([key, text]) => [readText(key), readText(text)]),
  );
  if (attributesSizeBytes(attributes) > maximumAttributesSizeBytes) throw malformed();
  return attributes;
}

/** Not granted when it is not there. */
function readCapability(value: unknown): boolean {
  if (value !== undefined && typeof value !== 'boolean') throw malformed();
  return value === true;
}

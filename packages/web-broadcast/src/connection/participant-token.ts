import { StageError, StageErrorCategory, StageErrorCode } from '../stage/stage-error.ts';
import type { StageParticipantCapability } from '../stage/stage-participant.ts';
import { isJsonObject, stringMembers } from './json-object.ts';

/** What a participant token tells its client: who it is and where to connect. */
export interface ParticipantToken {
  /** The token itself: a secret. */
  readonly text: string;
  readonly participantId: string;
  readonly stageId: string;
  readonly eventsUrl: string;
  readonly whipUrl: string;
  readonly expiresAtMs: number;
  readonly userId: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly capabilities: ReadonlySet<StageParticipantCapability>;
}

/**
 * Reads the payload of a token. The signature is the server's business; claims that are not known are passed over.
 *
 * @throws {StageError} `TOKEN_MALFORMED`, or `TOKEN_EXPIRED` by this machine's clock
 */
export function readParticipantToken(text: string, nowMs: number): ParticipantToken {
  const claims = readClaims(text);
  const token = {
    text,
    participantId: requiredText(claims, 'jti'),
    stageId: readStageId(claims),
    eventsUrl: requiredUrl(claims, 'events_url', /^wss?:$/),
    whipUrl: requiredUrl(claims, 'whip_url', /^https?:$/),
    expiresAtMs: readExpiry(claims),
    userId: typeof claims.user_id === 'string' ? claims.user_id : '',
    attributes: stringMembers(claims.attributes),
    capabilities: readCapabilities(claims.capabilities),
  };
  if (token.expiresAtMs <= nowMs) throw new StageError(StageErrorCode.TOKEN_EXPIRED, StageErrorCategory.JOIN_ERROR);
  return token;
}

type Claims = Readonly<Record<string, unknown>>;

function malformed(detail: string): StageError {
  return new StageError(StageErrorCode.TOKEN_MALFORMED, StageErrorCategory.JOIN_ERROR, detail);
}

function readClaims(text: unknown): Claims {
  const [, payload] = (typeof text === 'string' && /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(text)) || [];
  if (!payload) throw malformed('it is not three parts of base64url');
  const claims = parsePayload(payload);
  if (!isJsonObject(claims)) throw malformed('its payload is no JSON object');
  return claims;
}

function parsePayload(payload: string): unknown {
  try {
    const bytes = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))));
  } catch {
    return undefined; // neither base64url nor JSON: told by the caller, without the token's text
  }
}

function readStageId(claims: Claims): string {
  if (typeof claims.topic === 'string' && claims.topic) return claims.topic;
  // Old tokens name the stage by its ARN alone.
  const id = typeof claims.resource === 'string' ? claims.resource.split('/').at(-1) : undefined;
  if (!id) throw malformed('it names no stage');
  return id;
}

function readExpiry({ exp }: Claims): number {
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw malformed('exp is missing');
  return exp * 1000;
}

function requiredText(claims: Claims, name: string): string {
  const value = claims[name];
  if (typeof value !== 'string' || !value) throw malformed(`${name} is missing`);
  return value;
}

function requiredUrl(claims: Claims, name: string, protocol: RegExp): string {
  const value = requiredText(claims, name);
  if (!URL.canParse(value) || !protocol.test(new URL(value).protocol)) throw malformed(`${name} is no address`);
  return value.replace(/\/+$/, '');
}

function readCapabilities(value: unknown): Set<StageParticipantCapability> {
  const granted = new Set<StageParticipantCapability>();
  if (!isJsonObject(value)) return granted;
  if (value.allow_publish === true) granted.add('publish');
  if (value.allow_subscribe === true) granted.add('subscribe');
  return granted;
}

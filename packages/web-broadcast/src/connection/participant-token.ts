import { StageError, StageErrorCategory, StageErrorCode } from '../stage/stage-error.ts';
import { isJsonObject, stringMembers } from './json-object.ts';
import { TokenClaims } from './token-claims.ts';

export type StageParticipantCapability = 'publish' | 'subscribe';

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
  /** Whether the customer signed it, not the service: only then can another one take its place. */
  readonly selfSigned: boolean;
  /** The claims that no exchange may change. */
  readonly fixedClaims: Readonly<Record<(typeof FIXED_CLAIMS)[number], unknown>>;
}

const FIXED_CLAIMS = ['jti', 'resource', 'topic', 'events_url', 'whip_url'] as const;

/**
 * Reads the payload of a token. The signature is the server's business; claims that are not known are passed over.
 *
 * @throws {StageError} `TOKEN_MALFORMED`, or `TOKEN_EXPIRED` by this machine's clock
 */
export function readParticipantToken(text: string, nowMs: number): ParticipantToken {
  const claims = new TokenClaims(text, malformed);
  const userId = claims.get('user_id');
  const token = {
    text,
    participantId: claims.text('jti'),
    stageId: readStageId(claims),
    eventsUrl: claims.url('events_url', /^wss?:$/),
    whipUrl: claims.url('whip_url', /^https?:$/),
    expiresAtMs: claims.expiresAtMs(),
    userId: typeof userId === 'string' ? userId : '',
    attributes: stringMembers(claims.get('attributes')),
    capabilities: readCapabilities(claims.get('capabilities')),
    selfSigned: claims.algorithm === 'ES384',
    fixedClaims: readFixedClaims(claims),
  };
  requireUnexpired(token, nowMs);
  return token;
}

/** @throws {StageError} `TOKEN_EXPIRED` by this machine's clock */
export function requireUnexpired({ expiresAtMs }: ParticipantToken, nowMs: number): void {
  if (expiresAtMs <= nowMs) throw new StageError(StageErrorCode.TOKEN_EXPIRED, StageErrorCategory.JOIN_ERROR);
}

/**
 * Lets a token pass that may take the place of the present one.
 *
 * @throws {StageError} `TOKEN_NOT_ALLOWED`
 */
export function requireExchangeable(present: ParticipantToken, next: ParticipantToken): void {
  const other = FIXED_CLAIMS.find((name) => present.fixedClaims[name] !== next.fixedClaims[name]);
  if (!present.selfSigned || !next.selfSigned) throw notAllowed('only tokens that you sign yourself can be exchanged');
  if (other) throw notAllowed(`its ${other} is another one`);
}

function notAllowed(detail: string): StageError {
  return new StageError(StageErrorCode.TOKEN_NOT_ALLOWED, StageErrorCategory.JOIN_ERROR, detail);
}

function malformed(detail: string): StageError {
  return new StageError(StageErrorCode.TOKEN_MALFORMED, StageErrorCategory.JOIN_ERROR, detail);
}

function readFixedClaims(claims: TokenClaims): ParticipantToken['fixedClaims'] {
  const [jti, resource, topic, events_url, whip_url] = FIXED_CLAIMS.map((name) => claims.get(name));
  return { jti, resource, topic, events_url, whip_url };
}

function readStageId(claims: TokenClaims): string {
  const [topic, resource] = [claims.get('topic'), claims.get('resource')];
  if (typeof topic === 'string' && topic) return topic;
  // Old tokens name the stage by its ARN alone.
  const id = typeof resource === 'string' ? resource.split('/').at(-1) : undefined;
  if (!id) throw malformed('it names no stage');
  return id;
}

function readCapabilities(value: unknown): Set<StageParticipantCapability> {
  const granted = new Set<StageParticipantCapability>();
  if (!isJsonObject(value)) return granted;
  if (value.allow_publish === true) granted.add('publish');
  if (value.allow_subscribe === true) granted.add('subscribe');
  return granted;
}

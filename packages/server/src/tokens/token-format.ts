/**
 * Largest token that is looked at. Attributes take up to 1 KiB and a user id 128 characters, six times as much when JSON
 * has to escape them, and base64url adds a third.
 */
export const maximumTokenBytes = 12 * 1024;

/** Header of the tokens that the service makes: told apart from self-signed ones by `alg`, and without a key id. */
export const serviceTokenHeader = { alg: 'KMS', typ: 'JWT' } as const;

/** Digest of all token signatures. */
export const tokenDigest = 'sha384';

/** Payload of a participant token. Times are seconds since 1970. */
export type TokenPayload = {
  exp: number;
  iat?: number;
  /** Participant id. */
  jti: string;
  /** Stage ARN. */
  resource: string;
  /** Stage id. */
  topic: string;
  events_url?: string;
  whip_url?: string;
  user_id?: string;
  attributes?: Record<string, string>;
  capabilities: { allow_publish?: boolean; allow_subscribe?: boolean };
  version?: string;
};

import { TokenClaims } from '../connection/token-claims.ts';
import { RealTimeConnectionError, RealTimeConnectionErrorCode } from './real-time-connection-error.ts';

/** What a connection token tells its client: where to connect. */
export interface ConnectionToken {
  /** The token itself: a secret. */
  readonly text: string;
  readonly eventsUrl: string;
  readonly expiresAtMs: number;
}

/** @throws {RealTimeConnectionError} `TOKEN_MALFORMED`, or `TOKEN_EXPIRED` by this machine's clock */
export function readConnectionToken(text: string, nowMs: number): ConnectionToken {
  const claims = new TokenClaims(text, malformed);
  const token = { text, eventsUrl: claims.url('events_url', /^wss?:$/), expiresAtMs: claims.expiresAtMs() };
  if (token.expiresAtMs <= nowMs) throw new RealTimeConnectionError(RealTimeConnectionErrorCode.TOKEN_EXPIRED);
  return token;
}

function malformed(detail: string): RealTimeConnectionError {
  return new RealTimeConnectionError(RealTimeConnectionErrorCode.TOKEN_MALFORMED, detail);
}

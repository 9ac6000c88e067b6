/** What a client reads in its token. */
export interface TokenClaims {
  readonly participantId: string;
  readonly eventsUrl: string;
  readonly whipUrl: string;
}

/** @throws for what is no participant token */
export function readToken(token: string): TokenClaims {
  let claims: Record<string, unknown>;
  try {
    claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  } catch (cause) {
    throw new Error('This is no participant token', { cause });
  }
  const { jti, topic, events_url: events, whip_url: whip } = claims;
  if (typeof jti !== 'string' || typeof topic !== 'string' || typeof events !== 'string' || typeof whip !== 'string') {
    throw new Error('This is no participant token: jti, topic, events_url or whip_url is missing');
  }
  return { participantId: jti, eventsUrl: `${events}/${topic}`, whipUrl: whip };
}

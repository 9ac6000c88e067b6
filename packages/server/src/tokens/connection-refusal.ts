/** The web client's codes of errors of a real-time connection. */
export const ConnectionErrorCode = { TOKEN_MALFORMED: 1053, TOKEN_EXPIRED: 1054 } as const;

export type ConnectionRefusalReason = keyof typeof ConnectionErrorCode | 'TOKEN_REVOKED';

const messages: Record<ConnectionRefusalReason, string> = {
  TOKEN_MALFORMED: 'The connection token is malformed',
  TOKEN_EXPIRED: 'The connection token has expired',
  TOKEN_REVOKED: 'The connection token was revoked',
};

/** A connection token that does not let its bearer connect. Nothing of the token is in it. */
export class ConnectionRefusal extends Error {
  override readonly name = 'ConnectionRefusal';
  readonly reason: ConnectionRefusalReason;
  /** Clients know none for a token that was revoked. */
  readonly code: (typeof ConnectionErrorCode)[keyof typeof ConnectionErrorCode] | undefined;

  constructor(reason: ConnectionRefusalReason) {
    super(messages[reason]);
    this.reason = reason;
    this.code = reason === 'TOKEN_REVOKED' ? undefined : ConnectionErrorCode[reason];
  }
}

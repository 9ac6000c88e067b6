/** Why a real-time connection is not there, as numbers that applications compare. */
export const RealTimeConnectionErrorCode = {
  /** Nobody answered in time. */
  TIMEOUT: 3,
  /** It is given up, after 30 seconds of trying where that could help; or its token was revoked. */
  FAILED: 4,
  /** The connection token cannot be read, or is not taken: make another one, and another connection with it. */
  TOKEN_MALFORMED: 1053,
  /** The connection token's time is over: make another one, and another connection with it. */
  TOKEN_EXPIRED: 1054,
} as const;
export type RealTimeConnectionErrorCode =
  (typeof RealTimeConnectionErrorCode)[keyof typeof RealTimeConnectionErrorCode];

const messages: Record<RealTimeConnectionErrorCode, string> = {
  [RealTimeConnectionErrorCode.TIMEOUT]: 'The connection timed out',
  [RealTimeConnectionErrorCode.FAILED]: 'The connection failed',
  [RealTimeConnectionErrorCode.TOKEN_MALFORMED]: 'The connection token is malformed',
  [RealTimeConnectionErrorCode.TOKEN_EXPIRED]: 'The connection token has expired',
};

/** Thrown by the constructor of a real-time connection, and told beside its state. */
export class RealTimeConnectionError extends Error {
  override readonly name = 'RealTimeConnectionError';
  readonly code: RealTimeConnectionErrorCode;

  /** @param detail added to the code's message; never holds a secret. */
  constructor(code: RealTimeConnectionErrorCode, detail?: string) {
    super(detail ? `${messages[code]}: ${detail}` : messages[code]);
    this.code = code;
  }
}

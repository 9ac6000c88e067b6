/** Why something failed, as numbers that applications compare. */
export const StageErrorCode = {
  /** The token cannot be read: make another one, and another stage with it. */
  TOKEN_MALFORMED: 1,
  /** The token's time is over: make another one, and another stage with it. */
  TOKEN_EXPIRED: 2,
  /** Nobody answered in time. */
  TIMEOUT: 3,
  /** It is given up, after 30 seconds of trying where that could help. */
  FAILED: 4,
  /** A later call took its place. */
  CANCELED: 5,
  /** The stage, or the account, has no place left: refresh the strategy later. */
  STAGE_AT_CAPACITY: 6,
  /** This browser lacks a codec that is needed. */
  CODEC_MISMATCH: 7,
  /** The token lacks the capability. */
  TOKEN_NOT_ALLOWED: 8,
  /** There is no such stage any more. */
  STAGE_DELETED: 9,
  /** The participant was disconnected, and cannot come back with this token. */
  PARTICIPANT_DISCONNECTED: 10,
  // As TypeScript's own enumerations of numbers: `StageErrorCode[code]` is the name.
  1: 'TOKEN_MALFORMED',
  2: 'TOKEN_EXPIRED',
  3: 'TIMEOUT',
  4: 'FAILED',
  5: 'CANCELED',
  6: 'STAGE_AT_CAPACITY',
  7: 'CODEC_MISMATCH',
  8: 'TOKEN_NOT_ALLOWED',
  9: 'STAGE_DELETED',
  10: 'PARTICIPANT_DISCONNECTED',
} as const;
export type StageErrorCode = Extract<(typeof StageErrorCode)[keyof typeof StageErrorCode], number>;

/** What was being done when it failed. */
export const StageErrorCategory = {
  /** Entering the stage, or staying connected to it. */
  JOIN_ERROR: 'JOIN_ERROR',
  /** Sending streams. */
  PUBLISH_ERROR: 'PUBLISH_ERROR',
  /** Receiving streams of others. */
  SUBSCRIBE_ERROR: 'SUBSCRIBE_ERROR',
} as const;
export type StageErrorCategory = (typeof StageErrorCategory)[keyof typeof StageErrorCategory];

const messages: Record<StageErrorCode, string> = {
  [StageErrorCode.TOKEN_MALFORMED]: 'The participant token cannot be read',
  [StageErrorCode.TOKEN_EXPIRED]: 'The participant token has expired',
  [StageErrorCode.TIMEOUT]: 'The operation timed out',
  [StageErrorCode.FAILED]: 'The operation failed',
  [StageErrorCode.CANCELED]: 'The operation was canceled by a later call',
  [StageErrorCode.STAGE_AT_CAPACITY]: 'The stage is full',
  [StageErrorCode.CODEC_MISMATCH]: 'This browser lacks a codec that is needed',
  [StageErrorCode.TOKEN_NOT_ALLOWED]: 'The participant token does not allow this',
  [StageErrorCode.STAGE_DELETED]: 'The stage was deleted',
  [StageErrorCode.PARTICIPANT_DISCONNECTED]: 'The participant was disconnected from the stage',
};

/** The one error of the stage API: thrown by the constructor, rejected by `join()` and given with the `error` event. */
export class StageError extends Error {
  override readonly name = 'StageError';
  readonly code: StageErrorCode;
  readonly category: StageErrorCategory;

  /** @param detail added to the code's message; never holds a secret. */
  constructor(code: StageErrorCode, category: StageErrorCategory, detail?: string) {
    super(detail ? `${messages[code]}: ${detail}` : messages[code]);
    this.code = code;
    this.category = category;
  }
}

export function isStageErrorCode(value: unknown): value is StageErrorCode {
  return typeof value === 'number' && value in messages;
}

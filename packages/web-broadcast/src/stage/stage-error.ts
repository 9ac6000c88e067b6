/** Why something failed, as numbers that applications compare. */
export const StageErrorCode = {
  TOKEN_MALFORMED: 1,
  TOKEN_EXPIRED: 2,
  TIMEOUT: 3,
  FAILED: 4,
  CANCELED: 5,
  STAGE_AT_CAPACITY: 6,
  CODEC_MISMATCH: 7,
  TOKEN_NOT_ALLOWED: 8,
  STAGE_DELETED: 9,
  PARTICIPANT_DISCONNECTED: 10,
} as const;
export type StageErrorCode = (typeof StageErrorCode)[keyof typeof StageErrorCode];

/** What was being done when it failed. */
export const StageErrorCategory = {
  JOIN_ERROR: 'JOIN_ERROR',
  PUBLISH_ERROR: 'PUBLISH_ERROR',
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

import { StageError, StageErrorCategory, StageErrorCode } from './stage-error.ts';

/** What errors consist of, under one name. */
export const Errors = {
  /** The one error of the stage API. */
  StageError,
  /** What was being done. */
  StageErrorCategory,
  /** Why it failed. */
  StageErrorCode,
} as const;

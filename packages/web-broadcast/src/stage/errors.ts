import {
  RealTimeConnectionError,
  RealTimeConnectionErrorCode,
} from '../real-time-connection/real-time-connection-error.ts';
import { StageError, StageErrorCategory, StageErrorCode } from './stage-error.ts';

/** What errors consist of, under one name. */
export const Errors = {
  /** The one error of real-time connections. */
  RealTimeConnectionError,
  /** Why a real-time connection is not there. */
  RealTimeConnectionErrorCode,
  /** The one error of the stage API. */
  StageError,
  /** What was being done. */
  StageErrorCategory,
  /** Why it failed. */
  StageErrorCode,
} as const;

import type { EventErrorCode } from '@proscenium/model';
import { StageErrorCode } from '../signalling/close-codes.ts';

/** A join, publish or subscribe that a stage does not allow. */
export class StageRefusal extends Error {
  override readonly name = 'StageRefusal';
  /** HTTP status for a request that asked. */
  readonly status: number;
  readonly code: StageErrorCode;

  constructor(status: number, code: StageErrorCode, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The refusals that stand among the participant events too. */
export function refusalFor(errorCode: EventErrorCode, message: string): StageRefusal {
  switch (errorCode) {
    case 'INSUFFICIENT_CAPABILITIES':
      return new StageRefusal(403, StageErrorCode.TOKEN_NOT_ALLOWED, message);
    case 'QUOTA_EXCEEDED':
      return new StageRefusal(403, StageErrorCode.STAGE_AT_CAPACITY, message);
    case 'PUBLISHER_NOT_FOUND':
      return new StageRefusal(404, StageErrorCode.FAILED, message);
    case 'INVALID_AUDIO_CODEC':
    case 'INVALID_VIDEO_CODEC':
      return new StageRefusal(400, StageErrorCode.CODEC_MISMATCH, message);
    default:
      return new StageRefusal(503, StageErrorCode.FAILED, message);
  }
}

export function leftMeanwhile(): StageRefusal {
  return new StageRefusal(403, StageErrorCode.FAILED, 'The participant left meanwhile');
}

/** A token cannot be used where its id is taken. */
export function replicaPresent(): StageRefusal {
  return new StageRefusal(409, StageErrorCode.FAILED, 'A replica of the participant is in the stage');
}

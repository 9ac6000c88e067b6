import { StageErrorCode } from './stage-error.ts';

const codes: Readonly<Record<string, StageErrorCode>> = {
  INSUFFICIENT_CAPABILITIES: StageErrorCode.TOKEN_NOT_ALLOWED,
  QUOTA_EXCEEDED: StageErrorCode.STAGE_AT_CAPACITY,
  INVALID_AUDIO_CODEC: StageErrorCode.CODEC_MISMATCH,
  INVALID_VIDEO_CODEC: StageErrorCode.CODEC_MISMATCH,
};

/** The client error code for an event error code of the server. */
export function codeOfEventError(eventErrorCode: string): StageErrorCode {
  return codes[eventErrorCode] ?? StageErrorCode.FAILED;
}

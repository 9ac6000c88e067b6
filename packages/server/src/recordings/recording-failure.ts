/** Why a recording could not begin, or broke off. https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/eventbridge.html */
export interface RecordingFailure {
  readonly errorCode: RecordingErrorCode;
  readonly reason: string;
}

type RecordingErrorCode =
  | 'ResourceNotFoundException'
  | 'AccessDeniedException'
  | 'ValidationException'
  | 'InternalServerException';

const reasons: Readonly<Record<RecordingErrorCode, string>> = {
  ResourceNotFoundException: 'S3 bucket not found. Please verify your bucket exists.',
  AccessDeniedException: 'Access denied to S3 bucket. Please verify your bucket policy.',
  ValidationException: 'Video codec not supported for recording',
  InternalServerException: 'Service internal error',
};

/** What others are told of what went wrong in the recorder or on the way to the bucket. */
export function recordingFailure(cause: unknown): RecordingFailure {
  const errorCode = errorCodeOf(cause);
  return { errorCode, reason: reasons[errorCode] };
}

function errorCodeOf(cause: unknown): RecordingErrorCode {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'ResourceNotFoundException':
    case 'AccessDeniedException':
      return code;
    case 'UNSUPPORTED_CODEC':
      return 'ValidationException';
    default:
      return 'InternalServerException';
  }
}

import type { OutputReport } from '@proscenium/media';
import type { DestinationEnd, DestinationErrorCode } from '../composition-media.ts';

/** A destination that has failed. */
export type DestinationFailure = Extract<DestinationEnd, { state: 'FAILED' }>;

type OutputFailure = Extract<OutputReport, { state: 'FAILED' }>;

/** https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/eventbridge.html */
const reasons: Readonly<Record<DestinationErrorCode, string>> = {
  ResourceNotFoundException: 'S3 bucket not found. Please verify your bucket exists.',
  AccessDeniedException: 'Access denied to S3 bucket. Please verify your bucket policy.',
  ConflictException: 'Stream already exists',
  InternalServerException: 'Service internal error',
};

/** What others are told of an output that the composer gave up. What was behind it is for the log. */
export function outputFailure({ code }: Pick<OutputFailure, 'code'>): DestinationFailure {
  return failure(code === 'BUSY' ? 'ConflictException' : 'InternalServerException');
}

/** The same of what went wrong on the way to a bucket, or before there was an output at all. */
export function destinationFailure(cause: unknown): DestinationFailure {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'ResourceNotFoundException':
    case 'AccessDeniedException':
    case 'ConflictException':
      return failure(code);
    default:
      return failure('InternalServerException');
  }
}

function failure(errorCode: DestinationErrorCode): DestinationFailure {
  return { state: 'FAILED', errorCode, reason: reasons[errorCode] };
}

/** What people are told: https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/eventbridge.html */
const reasons = {
  ResourceNotFoundException: 'S3 bucket not found. Please verify your bucket exists.',
  AccessDeniedException: 'Access denied to S3 bucket. Please verify your bucket policy.',
  InternalServerException: 'Service internal error',
} as const;

/** An object store did not do what it was asked. The message is for everybody; what was behind it is the cause. */
export class ObjectStoreFailure extends Error {
  override readonly name = 'ObjectStoreFailure';
  readonly code: keyof typeof reasons;
  /** Whether the store said no, so that asking again helps only after somebody has changed something there. */
  readonly refused: boolean;

  constructor(code: keyof typeof reasons, { refused, cause }: { refused: boolean; cause?: unknown }) {
    super(reasons[code], { cause });
    this.code = code;
    this.refused = refused;
  }
}

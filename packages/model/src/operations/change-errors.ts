import type { ModelledErrorName } from '../errors.ts';

/** Of the operations that change or delete a stage, a public key or an ingest configuration, all but `UpdateStage`. */
export const changeErrors: readonly ModelledErrorName[] = [
  'ValidationException',
  'AccessDeniedException',
  'PendingVerification',
  'ResourceNotFoundException',
  'ConflictException',
];

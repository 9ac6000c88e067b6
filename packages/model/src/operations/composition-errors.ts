import type { ModelledErrorName } from '../errors.ts';

/*
 * The operations that came with server-side composition (compositions, their encoder and storage configurations) share
 * their lists of errors, and so does participant replication.
 */

/** Of an operation that makes something. */
export const createErrors: readonly ModelledErrorName[] = [
  'ValidationException',
  'ServiceQuotaExceededException',
  'AccessDeniedException',
  'PendingVerification',
  'ResourceNotFoundException',
  'ConflictException',
  'InternalServerException',
];

/** Of an operation on what is there already. */
export const existingErrors = createErrors.filter((name) => name !== 'PendingVerification');

export const listErrors = existingErrors.filter((name) => name !== 'ResourceNotFoundException');

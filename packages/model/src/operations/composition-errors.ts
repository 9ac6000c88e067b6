import type { ModelledErrorName } from '../errors.ts';

/*
 * The operations that came with server-side composition (compositions, their encoder and storage configurations) share
 * their lists of errors, and so does participant replication.
 */

export const listErrors: readonly ModelledErrorName[] = [
  'ValidationException',
  'ServiceQuotaExceededException',
  'AccessDeniedException',
  'ConflictException',
  'InternalServerException',
];

/** Of an operation on what is there already. */
export const existingErrors: readonly ModelledErrorName[] = [...listErrors, 'ResourceNotFoundException'];

/** Of an operation that makes something. */
export const createErrors: readonly ModelledErrorName[] = [...existingErrors, 'PendingVerification'];

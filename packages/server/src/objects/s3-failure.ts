import { ObjectStoreFailure } from './object-store-failure.ts';

/** Errors of a client of S3, as far as they are looked at: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
type ClientError = { name?: string; Code?: string; $metadata?: { httpStatusCode?: number } };

/** Of 400 and 403, though nobody says no: the next attempt may well succeed. */
const passing = new Set(['RequestTimeout', 'RequestTimeTooSkewed', 'SlowDown', 'TooManyRequests', 'Throttling']);
/** Of 400, though it is about who asks. */
const credentialFaults = new Set(['ExpiredToken', 'InvalidToken', 'CredentialsProviderError']);

/** What an error of the S3 client means to those who record. */
export function toFailure(cause: unknown): ObjectStoreFailure {
  const { name = '', Code: code = name, $metadata } = (cause ?? {}) as ClientError;
  const status = $metadata?.httpStatusCode ?? 0;
  const isRefusal = status >= 400 && status < 500 && status !== 408 && status !== 429 && !passing.has(code);
  if (credentialFaults.has(code) || (isRefusal && (status === 401 || status === 403))) {
    return new ObjectStoreFailure('AccessDeniedException', { refused: true, cause });
  }
  if (isRefusal && status === 404) return new ObjectStoreFailure('ResourceNotFoundException', { refused: true, cause });
  return new ObjectStoreFailure('InternalServerException', { refused: isRefusal, cause });
}

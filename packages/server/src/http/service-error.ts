import {
  InternalServerException,
  MalformedHttpRequestException,
  RequestEntityTooLargeException,
  ServiceError,
  UnsupportedMediaTypeException,
} from '@proscenium/model';
import type { FastifyError } from 'fastify';

/**
 * What a caller is told of whatever was thrown. Fastify has errors of its own for requests that it cannot make sense of;
 * everything else that is no service error is a fault of the server.
 */
export function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const status = error instanceof Error && isFastifyError(error) ? (error.statusCode ?? 500) : 500;
  if (status === 413) return new RequestEntityTooLargeException();
  if (status === 415) return new UnsupportedMediaTypeException();
  if (status >= 400 && status < 500) return new MalformedHttpRequestException();
  return new InternalServerException();
}

function isFastifyError(error: Error): error is FastifyError {
  return 'code' in error && String(error.code).startsWith('FST_');
}

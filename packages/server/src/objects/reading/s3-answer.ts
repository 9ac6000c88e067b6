import {
  AccessDeniedException,
  IncompleteSignatureException,
  InvalidSignatureException,
  MissingAuthenticationTokenException,
  ServiceError,
  UnrecognizedClientException,
} from '@proscenium/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { S3Error } from './s3-error.ts';
import { s3Prefix } from './s3-request.ts';
import { xmlDocument } from './xml.ts';

/** Headers that every answer has, errors too. An object is nothing that a browser should run as a page of this origin. */
export const s3Headers = {
  'Access-Control-Allow-Origin': '*', // it is the signature that opens
  'Access-Control-Expose-Headers':
    'Accept-Ranges,Content-Length,Content-Range,Content-Type,Date,ETag,Last-Modified,x-amz-bucket-region,x-amz-request-id',
  'Content-Security-Policy': 'sandbox',
  'X-Content-Type-Options': 'nosniff',
};

export function sendXml(reply: FastifyReply, xml: string): FastifyReply {
  return reply.type('application/xml').send(Buffer.from(xml));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. A HEAD is answered with the status alone. */
export function sendS3Error(
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
  logger: Logger,
): FastifyReply {
  const { code, message, status } = toS3Error(thrown);
  if (code === 'InternalError') logger.error({ err: thrown, requestId: request.id }, 'an object could not be read');
  reply.code(status);
  if (request.method === 'HEAD') return reply.send();
  const [resource] = (request.raw.url ?? '').slice(s3Prefix.length).split('?');
  const content = { Code: code, Message: message, Resource: resource, RequestId: request.id };
  return sendXml(reply, xmlDocument('Error', content, { isError: true }));
}

function toS3Error(thrown: unknown): S3Error {
  if (thrown instanceof S3Error) return thrown;
  if (!(thrown instanceof ServiceError))
    return new S3Error('InternalError', 'We encountered an internal error. Please try again.');
  const { message } = thrown;
  if (thrown instanceof MissingAuthenticationTokenException) return new S3Error('AccessDenied', 'Access Denied');
  if (thrown instanceof AccessDeniedException) return new S3Error('AccessDenied', message);
  if (thrown instanceof UnrecognizedClientException) {
    return new S3Error('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
  }
  if (thrown instanceof IncompleteSignatureException) return new S3Error('AuthorizationHeaderMalformed', message);
  if (thrown instanceof InvalidSignatureException) return new S3Error('SignatureDoesNotMatch', message);
  return new S3Error('InvalidRequest', message);
}

import type { IncomingMessage } from 'node:http';
import { MalformedHttpRequestException, RequestEntityTooLargeException } from '@proscenium/model';
import type { FastifyInstance } from 'fastify';

/**
 * The whole body, as it came. What is past the limit is read and dropped, so that the client gets to see the answer; how
 * long that may go on is up to the server's request time-out.
 *
 * @throws RequestEntityTooLargeException
 * @throws MalformedHttpRequestException when the connection ends before the body does
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const tooLarge = () => new RequestEntityTooLargeException(`The request body must have at most ${limitBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= limitBytes) chunks.push(chunk);
      else reject(tooLarge());
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', (cause) => reject(incomplete(cause)));
    request.on('close', () => {
      if (!request.complete) reject(incomplete());
    });
  });
}

function incomplete(cause?: Error): MalformedHttpRequestException {
  const error = new MalformedHttpRequestException('The connection ended before the request body did');
  error.cause = cause;
  return error;
}

/** For routes that read bodies themselves: of any type, for every method, as bytes, since a signature covers those. */
export function leaveBodyUnread(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _body, done) => done(null));
}

import { pageHeaders, readAsset } from '@proscenium/console';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Sends a page of the console, or what one loads. */
export type SendAsset = (request: FastifyRequest, reply: FastifyReply, path: string) => Promise<FastifyReply>;

/** @param origin the server's own, which pages ask for streams and sockets; asked each time, since its port is known late */
export function createSendAsset(origin: () => string): SendAsset {
  return async (request, reply, path) => {
    const asset = await readAsset(path, request.headers['accept-encoding']);
    if (!asset) return reply.code(404).type('text/plain').send('Not found\n');
    const { body, contentType, contentCoding, etag, isImmutable } = asset;
    reply
      .headers(pageHeaders(origin()))
      .header('ETag', etag)
      .header('Vary', 'Accept-Encoding')
      .header('Cache-Control', isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    // A weak one is the same to this condition (RFC 9110 §13.1.2).
    const known = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    if (known?.includes(etag)) return reply.code(304).send();
    if (contentCoding) reply.header('Content-Encoding', contentCoding);
    return reply.type(contentType).send(body);
  };
}

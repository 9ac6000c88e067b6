import { readAsset } from '@proscenium/console';
import type { FastifyReply } from 'fastify';

/** Nothing but our own scripts and styles; connections to our own sockets and media. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "connect-src 'self' ws: wss: http: https:",
  "media-src 'self' blob: mediastream:",
  "img-src 'self' data: blob:",
  "frame-ancestors 'none'",
].join('; ');

/** Answers with a page of the console, or with what one loads. */
export async function sendAsset(reply: FastifyReply, path: string): Promise<FastifyReply> {
  const asset = await readAsset(path);
  if (!asset) return reply.code(404).type('text/plain').send('Not found\n');
  return reply
    .type(asset.contentType)
    .header('Content-Security-Policy', CONTENT_SECURITY_POLICY)
    .header('X-Content-Type-Options', 'nosniff')
    .header('Referrer-Policy', 'no-referrer')
    .header('Cache-Control', 'no-cache')
    .send(asset.body);
}

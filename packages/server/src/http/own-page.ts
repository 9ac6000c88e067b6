import type { FastifyRequest } from 'fastify';

/** Whether a page of this server sent a request: another site's page cannot send this `Origin`. */
export function isFromOwnPage({ headers }: FastifyRequest): boolean {
  return headers.origin !== undefined && URL.parse(headers.origin)?.host === headers.host;
}

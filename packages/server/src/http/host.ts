import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { AccessDeniedException, MalformedHttpRequestException } from '@proscenium/model';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Refuses a request that was not meant for this server. A page on somebody's web site can make its own name point at
 * this machine and then read what is here as if it came from there ("DNS rebinding"); the name in `Host` gives it away.
 * A bare IP address is always accepted, because no name was resolved.
 *
 * @param hosts accepted names, without port
 * @throws MalformedHttpRequestException when there is none
 * @throws AccessDeniedException
 */
export function checkHost(host: string | undefined, hosts: readonly string[]): void {
  if (host === undefined) throw new MalformedHttpRequestException('The request must have one Host header.');
  if (isAcceptedHost(host, hosts)) return;
  throw new AccessDeniedException(
    'This server does not answer to the host name of the request. Its settings list those that it does.',
  );
}

export function isAcceptedHost(host: string | undefined, hosts: readonly string[]): boolean {
  const [, address, name] = /^(?:\[([0-9a-f:.]+)\]|([^:]+))(?::\d{1,5})?$/i.exec(host ?? '') ?? [];
  if (address !== undefined) return isIP(address) === 6;
  if (name === undefined) return false;
  return isIP(name) === 4 || hosts.some((accepted) => accepted.toLowerCase() === name.toLowerCase());
}

/** The same check as an `onRequest` hook, for routes that are not part of the API. */
export function hostCheck(hosts: readonly string[]) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (isAcceptedHost(request.headers.host, hosts)) return undefined;
    return reply
      .code(request.headers.host === undefined ? 400 : 421)
      .type('text/plain')
      .send('This server does not answer to this host name.\n');
  };
}

/**
 * Path and query of a request, also of one that names scheme and host with them, as to a proxy. Such a host counts
 * instead of the header (RFC 9112 section 3.2.2); and several headers, of which Node tells the first, count as none
 * (section 3.2).
 */
export function originForm(request: IncomingMessage): string {
  const hosts = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length > 1) delete request.headers.host;
  const url = request.url ?? '';
  const [, host, rest] = /^https?:\/\/([^/?#]*)(.*)$/is.exec(url) ?? [];
  if (host === undefined || rest === undefined) return url;
  request.headers.host = host;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** Whether an address is of this machine alone. `localhost` is. */
export function isLoopback(address: string): boolean {
  const host = address.replace(/^::ffff:/, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Whether a request comes from this machine. A proxy on it speaks for others: what it passes on is not from here. */
export function isFromLoopback({ socket, headers }: FastifyRequest): boolean {
  if (Object.keys(headers).some((name) => name === 'forwarded' || name.startsWith('x-forwarded-'))) return false;
  return isLoopback(socket.remoteAddress ?? '');
}

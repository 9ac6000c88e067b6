import type { RequestListener } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { Certificate } from './certificate.ts';
import type { KeyPair } from './key-pair.ts';

/**
 * An HTTPS server. When the certificate changes, new connections get the new one; the others go on as they are.
 *
 * @param options.headersTimeout how long the TLS handshake may take too
 */
export function createTlsServer(
  certificate: Certificate,
  options: ServerOptions & { headersTimeout: number },
  handler: RequestListener,
): Server {
  const server = createServer(
    { ...options, ...contextOf(certificate.pair), handshakeTimeout: options.headersTimeout },
    handler,
  );
  certificate.on('changed', (pair) => server.setSecureContext(contextOf(pair)));
  // There is nobody whom an answer could reach.
  server.on('tlsClientError', (_, socket) => socket.destroy());
  return server;
}

function contextOf({ cert, key }: KeyPair): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2' };
}

import { connect, isIP, type Socket } from 'node:net';
import { type SecureContext, type TLSSocket, connect as tlsConnect } from 'node:tls';
import type { RtmpTarget } from './rtmp-target.ts';

/** No connection, or none to whom it ought to be. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';
  /** `CERTIFICATE`: the server does not prove who it is. */
  readonly reason: 'CERTIFICATE' | 'UNREACHABLE';

  constructor(reason: 'CERTIFICATE' | 'UNREACHABLE', message: string) {
    super(message);
    this.reason = reason;
  }
}

const KEEP_ALIVE_MS = 10_000;

/**
 * A connection, for `rtmps` with TLS and a certificate that holds for the host.
 *
 * @param secureContext with the authorities who may have signed it
 * @param signal gives up, without a connection left behind
 * @throws {ConnectFailure}
 */
export async function openSocket(
  { protocol, host, port }: RtmpTarget,
  secureContext: SecureContext,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  // An address has no place in SNI (RFC 6066 §3).
  const servername = isIP(host) === 0 ? host : '';
  const socket =
    protocol === 'rtmps'
      ? tlsConnect({ host, port, servername, secureContext, rejectUnauthorized: true, minVersion: 'TLSv1.2' })
      : connect({ host, port });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const giveUp = (reason: string) => {
    reject(new ConnectFailure('UNREACHABLE', reason));
    socket.destroy();
  };
  const timer = setTimeout(() => giveUp('The connection took too long'), timeoutMs);
  const abort = () => giveUp('The connection is not wanted any more');
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  socket.once(protocol === 'rtmps' ? 'secureConnect' : 'connect', resolve);
  // Stays: errors may follow the first one.
  socket.on('error', (error: NodeJS.ErrnoException) => reject(failureOf(error, socket)));
  socket.once('close', () => reject(new ConnectFailure('UNREACHABLE', 'The server closed the connection')));
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  return socket;
}

function failureOf(error: NodeJS.ErrnoException, socket: Socket): ConnectFailure {
  if ((socket as Partial<TLSSocket>).authorizationError) {
    return new ConnectFailure('CERTIFICATE', `The server's certificate is not valid: ${error.message}`);
  }
  return new ConnectFailure('UNREACHABLE', `The server cannot be reached (${error.code ?? error.name})`);
}

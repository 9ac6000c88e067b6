import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, type Server as TlsServer } from 'node:tls';
import type { IngestAddresses, IngestPorts, IngestProtocol, IngestTls } from './messages.ts';

/** Of one protocol. */
const MAXIMUM_CONNECTIONS = 500;
/** Of those, such as are not let in yet, of both protocols: the one that has waited longest makes room for the next. */
export const MAXIMUM_WAITING = 200;
const TLS_HANDSHAKE_TIMEOUT_MS = 5_000;

/** A connection that an encoder has made. */
export interface EncoderSocket {
  readonly socket: Socket;
  readonly protocol: IngestProtocol;
  /** Says that it may stay, however many others come. */
  letIn(): void;
}

/** The ports on which encoders are waited for. */
export class IngestListeners {
  readonly #onEncoder: (encoder: EncoderSocket) => void;
  readonly #servers: Server[] = [];
  /** Below TLS, by both ends of each. In the order of coming. */
  readonly #waiting = new Map<string, Socket>();
  #tlsServer: TlsServer | undefined;

  constructor(onEncoder: (encoder: EncoderSocket) => void) {
    this.#onEncoder = onEncoder;
  }

  /** @throws when a port is taken, or RTMPS has no certificate; nothing is listened on then */
  async listen({ host, rtmpPort, rtmpsPort, tls }: IngestAddresses): Promise<IngestPorts> {
    try {
      const ports: Partial<Record<IngestProtocol, number>> = {};
      if (rtmpPort !== undefined) {
        const server = createServer((socket) => this.#take(socket, 'RTMP'));
        ports.RTMP = await this.#open(server, host, rtmpPort);
      }
      if (rtmpsPort !== undefined) {
        if (!tls) throw new Error('RTMPS needs a certificate');
        const options = { ...contextOf(tls), handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS };
        const server = createTlsServer(options, (socket) => this.#take(socket, 'RTMPS'));
        // Who speaks no TLS is let go by itself.
        server.on('tlsClientError', (_, socket) => socket.destroy());
        this.#tlsServer = server;
        ports.RTMPS = await this.#open(server, host, rtmpsPort);
      }
      return ports;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Shows it to those who connect from now on. */
  useCertificate(tls: IngestTls): void {
    this.#tlsServer?.setSecureContext(contextOf(tls));
  }

  /** Takes no more connections; those that there are go on. */
  close(): void {
    for (const server of this.#servers.splice(0)) server.close();
  }

  #take(socket: Socket, protocol: IngestProtocol): void {
    const name = nameOf(socket);
    this.#onEncoder({ socket, protocol, letIn: () => void this.#waiting.delete(name) });
  }

  #keepWaiting(socket: Socket): void {
    const name = nameOf(socket);
    this.#waiting.set(name, socket);
    socket.once('close', () => {
      if (this.#waiting.get(name) === socket) this.#waiting.delete(name);
    });
    if (this.#waiting.size <= MAXIMUM_WAITING) return;
    const [[longest, itsSocket] = []] = this.#waiting;
    if (longest !== undefined) this.#waiting.delete(longest);
    itsSocket?.destroy();
  }

  async #open(server: Server, host: string, port: number): Promise<number> {
    server.maxConnections = MAXIMUM_CONNECTIONS;
    server.prependListener('connection', (socket) => this.#keepWaiting(socket));
    this.#servers.push(server);
    server.listen(port, host);
    await once(server, 'listening');
    // One connection could not be taken, for want of descriptors, say: the others go on.
    server.on('error', ({ message }) => process.stderr.write(`An encoder's connection was not taken: ${message}\n`));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a listener has no port');
    return address.port;
  }
}

/** No other connection has the same while it lives. */
function nameOf({ localPort, remoteAddress, remotePort }: Socket): string {
  return `${localPort} ${remoteAddress} ${remotePort}`;
}

function contextOf({ certificate: cert, key }: IngestTls): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2' };
}

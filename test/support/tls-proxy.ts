import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as passOn } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { CertificateFiles } from './certificate.ts';

export interface TlsProxy {
  port: number;
  /** Tells it the server in front of which it stands, by the port on loopback. */
  passOnTo(port: number): void;
  close(): Promise<void>;
}

export interface TlsProxyOptions {
  certificate: CertificateFiles;
  /** The `Host` that the target gets. Default: what the client sent. */
  host?: (received: string) => string;
}

/** A reverse proxy as people put in front of servers: it ends TLS, and tells in headers what it changed. */
export async function startTlsProxy({
  certificate,
  host = (received) => received,
}: TlsProxyOptions): Promise<TlsProxy> {
  const sockets = new Set<Duplex>();
  let targetPort: number | undefined;
  const forward = (incoming: IncomingMessage) => {
    const received = incoming.headers.host ?? '';
    const headers = {
      ...incoming.headers,
      host: host(received),
      'x-forwarded-for': incoming.socket.remoteAddress,
      'x-forwarded-host': received,
      'x-forwarded-proto': 'https',
    };
    const { method, url: path } = incoming;
    return passOn({ host: '127.0.0.1', port: targetPort, method, path, headers, setHost: false, agent: false });
  };

  const server = createServer({ cert: readFileSync(certificate.certFile), key: readFileSync(certificate.keyFile) });
  server.on('request', (incoming, outgoing) => {
    const passed = forward(incoming);
    passed.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  server.on('upgrade', (incoming, client, head) => {
    const passed = forward(incoming);
    passed.on('upgrade', (answer, target, first) => {
      const lines = answer.rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`));
      client.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
      client.write(first);
      target.write(head);
      client.pipe(target).pipe(client);
      // Either end's failure is the end of both.
      client.on('error', () => target.destroy());
      target.on('error', () => client.destroy());
    });
    passed.on('response', () => client.destroy());
    passed.on('error', () => client.destroy());
    passed.end();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));

  return {
    port: (server.address() as AddressInfo).port,
    passOnTo(port) {
      targetPort = port;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between clients and a server, and cuts their connections. */
export interface TcpProxy {
  readonly port: number;
  /** By the port on loopback. */
  passOnTo(port: number): void;
  /** Ends every connection that is there, without a word. */
  cut(): void;
  close(): void;
}

export async function startTcpProxy(): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let targetPort = 0;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    keep(client);
    keep(target);
    client.pipe(target).pipe(client);
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    passOnTo(port) {
      targetPort = port;
    },
    cut,
    close() {
      cut();
      server.close();
    },
  };
}

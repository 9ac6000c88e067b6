import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a TCP port that can be longer than loopback, or interrupted. */
export interface TcpRelay {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Of connections that are opened from now on. What a handshake takes is added before their first byte. @default 0 */
  roundTripMs: number;
  /** Breaks what is open, and whatever is opened until it is mended. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** @param target a port on 127.0.0.1 */
export async function startTcpRelay(target: number): Promise<TcpRelay> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined); // its close tells the rest
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [client, far]) keep(socket);
    const { roundTripMs } = relay;
    pass(client, far, roundTripMs / 2, performance.now() + roundTripMs);
    pass(far, client, roundTripMs / 2);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const relay: TcpRelay = {
    port: (server.address() as AddressInfo).port,
    roundTripMs: 0,
    cut() {
      isCut = true;
      breakAll();
    },
    mend() {
      isCut = false;
    },
    async close() {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
  return relay;
}

/** Passes on what comes, and its end, so much later. @param openMs what comes before counts as come then */
function pass(from: Socket, to: Socket, delayMs: number, openMs = 0): void {
  const onTheWay: { readonly dueMs: number; readonly chunk: Buffer | undefined }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const deliver = () => {
    clearTimeout(timer);
    for (;;) {
      const [next] = onTheWay;
      if (!next) return;
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) {
        timer = setTimeout(deliver, waitMs);
        return;
      }
      onTheWay.shift();
      if (next.chunk) to.write(next.chunk);
      else to.end();
    }
  };
  const take = (chunk?: Buffer) => {
    onTheWay.push({ dueMs: Math.max(performance.now(), openMs) + delayMs, chunk });
    deliver();
  };
  from.on('data', take);
  from.on('end', () => take());
  from.on('error', () => to.destroy());
  to.on('close', () => {
    clearTimeout(timer);
    from.destroy();
  });
}

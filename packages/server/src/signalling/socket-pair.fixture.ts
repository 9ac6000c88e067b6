import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { EventsSocket } from './events-socket.ts';
import { SocketWire } from './socket-wire.ts';

/** Both ends of a WebSocket over loopback, without a server around it. */
export interface WirePair {
  wire: SocketWire;
  client: WebSocket;
  /** How the client saw the end. */
  closed: Promise<{ code: number; reason: string }>;
}

export type SocketPair = Omit<WirePair, 'wire'> & { socket: EventsSocket };

/** @param client `autoPong: false` answers no probes */
export async function openSocketPair(t: TestContext, client: { autoPong?: boolean } = {}): Promise<SocketPair> {
  const { wire, ...pair } = await openWirePair(t, client);
  return { ...pair, socket: new EventsSocket(wire) };
}

/** @param client as `openSocketPair` */
export async function openWirePair(t: TestContext, client: { autoPong?: boolean } = {}): Promise<WirePair> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection');
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}`, client);
  t.after(() => webSocket.terminate());
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    webSocket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  const [[ourEnd]] = await Promise.all([accepted, once(webSocket, 'open')]);
  return { wire: new SocketWire(ourEnd as WebSocket), client: webSocket, closed };
}

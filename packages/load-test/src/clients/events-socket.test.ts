import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import { EventsSocket } from './events-socket.ts';

const STATE = JSON.stringify({ type: 'STAGE_STATE', payload: { participants: [] } });

describe('an events socket', () => {
  test('is given up where something takes the connection and never answers', async (t) => {
    const peers: Socket[] = [];
    const swallowing = createServer((socket) => peers.push(socket)).listen(0, '127.0.0.1');
    await once(swallowing, 'listening');
    t.after(() => swallowing.close());
    const stop = new AbortController();
    const joining = EventsSocket.connect(tokenFor(swallowing.address() as AddressInfo), stop.signal);
    const [peer] = (await once(swallowing, 'connection')) as [Socket];
    const gone = once(peer, 'close');
    peer.resume();
    stop.abort(new Error('it took too long'));
    await assert.rejects(joining, ({ message, cause }) => {
      assert.equal(message, 'No state of the stage came over the events socket');
      assert.equal(cause.message, 'it took too long');
      return true;
    });
    await gone;
  });

  test('is not even opened to the stage where it was given up before', async (t) => {
    const { token } = await serve(t, (socket) => socket.send(STATE));
    await assert.rejects(EventsSocket.connect(token, AbortSignal.abort()), /No state of the stage came/);
  });

  test('tells with what it was closed in place of the state', async (t) => {
    const { token } = await serve(t, (socket) => socket.close(4002, 'TOKEN_EXPIRED'));
    await assert.rejects(EventsSocket.connect(token), {
      message: 'The events socket was closed with 4002 TOKEN_EXPIRED',
    });
  });

  test('is left when the server has closed it, and after 5 s where it does not', async (t) => {
    const good = await serve(t, (socket) => {
      socket.send(STATE);
      socket.on('message', () => socket.close(1000));
    });
    await (await EventsSocket.connect(good.token)).leave();

    const hung = await serve(t, (socket) => socket.send(STATE));
    const socket = await EventsSocket.connect(hung.token);
    await assert.rejects(socket.leave(), /^Error: The server did not close the events socket within 5000 ms$/);
  });
});

/** A server of events sockets. */
async function serve(t: TestContext, welcome: (socket: WebSocket) => void): Promise<{ token: string }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', welcome);
  await once(server, 'listening');
  t.after(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  return { token: tokenFor(server.address() as AddressInfo) };
}

/** Unsigned: nobody looks. */
function tokenFor({ port }: AddressInfo): string {
  const claims = { jti: 'me', topic: 'stage', events_url: `ws://127.0.0.1:${port}`, whip_url: 'http://127.0.0.1' };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
}

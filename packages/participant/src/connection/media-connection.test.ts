import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { createIceCredentials, createIdentity } from './identity.ts';
import { MediaConnection } from './media-connection.ts';

test('a connection that nobody wants any more is given up while its server does not answer', async (t) => {
  const server = createSocket('udp4');
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const ended = new AbortController();
  const local = { credentials: createIceCredentials(), role: 'controlling' } as const;
  const { address, port } = server.address();
  const remote = { credentials: createIceCredentials(), fingerprint: '', address, port, lite: true };
  const identity = await createIdentity();
  const opening = MediaConnection.open(identity, local, remote, ended.signal);
  await once(server, 'message');
  ended.abort();
  await assert.rejects(opening, /Nobody wants/);
  await assert.rejects(MediaConnection.open(identity, local, remote, ended.signal), { name: 'AbortError' });
});

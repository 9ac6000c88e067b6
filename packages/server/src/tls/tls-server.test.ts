import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import pino from 'pino';
import { HandClock } from '../hand-clock.fixture.ts';
import { Certificate } from './certificate.ts';
import { createFolder, createKeyPair } from './key-pair.fixture.ts';
import { createTlsServer } from './tls-server.ts';

test('A client that never ends its handshake is let go in time', async (t) => {
  const certificate = await Certificate.open({
    files: createKeyPair(await createFolder(t), 'first'),
    clock: new HandClock('2026-11-21T12:00:00Z'),
    logger: pino({ level: 'silent' }),
  });
  t.after(() => certificate.close());
  const server = createTlsServer(certificate, { headersTimeout: 100 }, () => assert.fail('nobody asked for anything'));
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  // The beginning of a ClientHello.
  socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]));
  socket.resume();
  await once(socket, 'close');
});

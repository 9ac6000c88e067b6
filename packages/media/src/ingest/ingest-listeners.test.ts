import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { type EncoderSocket, IngestListeners, MAXIMUM_WAITING } from './ingest-listeners.ts';
import { selfSigned } from './ingest-stand.fixture.ts';
import type { IngestPorts } from './messages.ts';

const HOST = '127.0.0.1';

describe('the ports for encoders', { timeout: 120_000 }, () => {
  const came: EncoderSocket[] = [];
  const coming = new EventEmitter<{ encoder: [] }>();
  const sockets: Socket[] = [];
  let listeners: IngestListeners;
  let ports: IngestPorts;

  before(async () => {
    listeners = new IngestListeners((encoder) => {
      came.push(encoder);
      coming.emit('encoder');
    });
    ports = await listeners.listen({ host: HOST, rtmpPort: 0, rtmpsPort: 0, tls: selfSigned() });
  });
  after(() => {
    listeners.close();
    for (const socket of sockets) socket.destroy();
  });

  const port = ({ RTMP, RTMPS }: IngestPorts, isTls: boolean) => (isTls ? RTMPS : RTMP) ?? 0;

  async function open(isTls: boolean): Promise<Socket> {
    const socket = connect(port(ports, isTls), HOST);
    sockets.push(socket.resume());
    await once(socket, 'connect');
    return socket;
  }

  /** So many that all who waited before must go. */
  async function crowd(): Promise<void> {
    for (let count = 0; count < MAXIMUM_WAITING / 2; count += 1) await Promise.all([open(false), open(true)]);
  }

  async function letIn({ localPort }: Socket): Promise<void> {
    for (;;) {
      const encoder = came.find(({ socket }) => socket.remotePort === localPort);
      if (encoder) return encoder.letIn();
      await once(coming, 'encoder');
    }
  }

  for (const isTls of [false, true]) {
    it(`let go who has waited longest when too many wait${isTls ? ', shaking hands' : ''}`, async () => {
      const closed = once(await open(isTls), 'close');
      await crowd();
      await closed;
    });

    it(`keep those who were let in by ${isTls ? 'RTMPS' : 'RTMP'}`, async () => {
      const encoder = isTls
        ? connectTls({ port: port(ports, true), host: HOST, rejectUnauthorized: false })
        : connect(port(ports, false), HOST);
      sockets.push(encoder.resume());
      await once(encoder, isTls ? 'secureConnect' : 'connect');
      await letIn(encoder);
      const next = await open(isTls);
      const closed = once(next, 'close');
      await crowd();
      await closed; // the one after it is gone
      assert.equal(encoder.readyState, 'open');
      assert.equal(encoder.readableEnded, false);
    });
  }
});

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import pino from 'pino';
import { systemClock } from '../clock.ts';
import { ConfigError } from '../config/config-error.ts';
import { createFolder } from '../tls/key-pair.fixture.ts';
import { startIngest } from './start-ingest.ts';

type Ports = { rtmpPort: number | undefined; rtmpsPort: number | undefined };

/** Of a server without TLS of its own, whose service is asked for nothing. */
async function start(t: TestContext, ingest: Ports) {
  const log: string[] = [];
  const service = { admit: async () => undefined, close: async () => {} };
  const listen = { host: '127.0.0.1', port: 0 };
  const running = await startIngest(
    { listen, ingest, data: await createFolder(t) },
    {
      service,
      certificate: undefined,
      hostName: 'stages.example.com',
      clock: systemClock,
      logger: pino({}, { write: (line) => log.push(line) }),
      onDeath: () => assert.fail('the program died'),
    },
  );
  t.after(() => running.close());
  return { ...running, log };
}

test('encoders are told the ports that were taken, and RTMPS has a certificate for its host, of which the log tells', async (t) => {
  const { endpoints, log } = await start(t, { rtmpPort: 0, rtmpsPort: 0 });
  assert.match(endpoints.rtmp ?? '', /^rtmp:\/\/stages\.example\.com:\d+\/app\/$/);
  const { protocol, hostname, port, pathname } = new URL(endpoints.rtmps ?? '');
  assert.deepEqual([protocol, hostname, pathname], ['rtmps:', 'stages.example.com', '/app/']);
  const socket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false });
  t.after(() => socket.destroy());
  await once(socket, 'secureConnect');
  const certificate = new X509Certificate(socket.getPeerCertificate().raw);
  for (const host of ['stages.example.com', 'localhost']) assert.ok(certificate.checkHost(host), host);
  assert.match(log.join(), /RTMPS has a certificate that the server made itself/);
});

test('without RTMPS there is no certificate, and without either port there are no endpoints', async (t) => {
  const plain = await start(t, { rtmpPort: 0, rtmpsPort: undefined });
  assert.deepEqual([Object.keys(plain.endpoints), plain.log], [['rtmp'], []]);
  assert.deepEqual((await start(t, { rtmpPort: undefined, rtmpsPort: undefined })).endpoints, {});
});

test('a port that somebody else has is a fault of the configuration', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await assert.rejects(start(t, { rtmpPort: port, rtmpsPort: undefined }), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, new RegExp(`^ingest: .*EADDRINUSE.*${port}`));
    return true;
  });
});

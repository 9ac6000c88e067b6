import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { checkKeyPair } from './key-pair.ts';
import { createSelfSigned } from './self-signed.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const names = ['stage.example.com', 'localhost', '127.0.0.1', '::1', '2001:db8::7:0:9'] as const;

function create() {
  const now = Date.now();
  return createSelfSigned({ names, validFrom: new Date(now - DAY_MS), validTo: new Date(now + DAY_MS) });
}

test('a certificate that signs itself says whose it is, for how long and for what', () => {
  const validFrom = new Date('2026-11-21T20:00:00Z');
  const pair = createSelfSigned({ names, validFrom, validTo: new Date('2051-01-02T03:04:05Z') });
  checkKeyPair(pair);
  const certificate = new X509Certificate(pair.cert);
  assert.equal(certificate.subject, 'CN=stage.example.com');
  assert.equal(certificate.issuer, certificate.subject);
  assert.ok(certificate.verify(certificate.publicKey));
  assert.equal(certificate.ca, false);
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.equal(
    certificate.subjectAltName,
    'DNS:stage.example.com, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, ' +
      'IP Address:2001:DB8:0:0:0:7:0:9',
  );
  assert.equal(certificate.validFromDate.getTime(), validFrom.getTime());
  assert.equal(certificate.validTo, 'Jan  2 03:04:05 2051 GMT');
  assert.notEqual(certificate.serialNumber, new X509Certificate(create().cert).serialNumber);
});

async function serve(t: TestContext, pair: { cert: string; key: string }): Promise<number> {
  const server = createServer(pair, (socket) => socket.end());
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('clients that were given the certificate connect, under each of its names and no other; the rest does not', async (t) => {
  const pair = create();
  const port = await serve(t, pair);
  const shakeHands = async (options: { ca?: string; servername?: string; host?: string }) => {
    const socket = connect({ socket: connectTcp(port, '127.0.0.1'), ...options });
    t.after(() => socket.destroy());
    await once(socket, 'secureConnect');
  };
  for (const host of ['localhost', 'stage.example.com']) await shakeHands({ ca: pair.cert, servername: host, host });
  await shakeHands({ ca: pair.cert, host: '127.0.0.1' });
  const wrongName = { ca: pair.cert, servername: 'other.example.com', host: 'other.example.com' };
  await assert.rejects(shakeHands(wrongName), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  await assert.rejects(shakeHands({ servername: 'localhost', host: 'localhost' }), {
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
  await assert.rejects(shakeHands({ ca: create().cert, servername: 'localhost' }));
});

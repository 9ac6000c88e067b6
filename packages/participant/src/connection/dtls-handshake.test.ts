import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { DtlsServer } from '#werift';
import { DtlsHandshake } from './dtls-handshake.ts';
import { createIdentity, SIGNATURE } from './identity.ts';

const AEAD_AES_128_GCM = 7;
const SRTP_KEYS = [16, 12] as const;

/** A client and a server between whom nothing is but memory. */
async function shakeHands(t: TestContext, { fingerprint = '', keyPem = '' } = {}) {
  const [identity, servers] = await Promise.all([createIdentity(), createIdentity()]);
  const transport = {
    type: 'udp',
    address: { address: '', family: '', port: 0 },
    closed: false,
    onData: (_data: Buffer): void => undefined,
    send: async (data: Buffer): Promise<void> => {
      setImmediate(() => client.receive(data));
    },
    close: async () => undefined,
  };
  const server = new DtlsServer({
    transport,
    cert: servers.certificatePem,
    key: keyPem || servers.keyPem,
    signatureHash: SIGNATURE,
    srtpProfiles: [AEAD_AES_128_GCM],
    extendedMasterSecret: true,
  });
  const client = new DtlsHandshake(identity, fingerprint || servers.fingerprint, (data) =>
    setImmediate(() => transport.onData(data)),
  );
  t.after(() => {
    client.close();
    server.dtls.flight = 99;
  });
  return { client, server };
}

/** What anybody can send. */
const HOSTILE = [
  '16fefd00000000000000000001', // a record that is cut off
  '15fefd0000000000000009000201 00', // a goodbye in clear
  '15fefd0001000000000009000201 00', // the same, as if it were encrypted
  '15fefd0000000000000009000202 28', // a fatal alert
  '18fefd00010000000000090000', // a record of no known type
  '16fefd000000000000000a00000c00000014000c000e00000000000e',
].map((text) => Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('a DTLS handshake', () => {
  test('gives both sides the same keys', async (t) => {
    const { client, server } = await shakeHands(t);
    const { local, remote } = await client.keys;
    const keys = server.extractSessionKeys(...SRTP_KEYS);
    assert.deepEqual([local.key, local.salt], [keys.remoteKey, keys.remoteSalt]);
    assert.deepEqual([remote.key, remote.salt], [keys.localKey, keys.localSalt]);
  });

  test('fails with a server of another certificate', async (t) => {
    const { client } = await shakeHands(t, { fingerprint: Array(32).fill('00').join(':') });
    await assert.rejects(client.keys, /another certificate/);
  });

  test("fails with who has the server's certificate, but not its key", async (t) => {
    const { client } = await shakeHands(t, { keyPem: (await createIdentity()).keyPem });
    await assert.rejects(client.keys, /not signed/);
  });

  test('ends with the goodbye of the server, and with nobody else', async (t) => {
    const { client, server } = await shakeHands(t);
    await client.keys;
    let ended = false;
    const goodbye = client.ended.then(() => {
      ended = true;
    });
    for (const datagram of HOSTILE) client.receive(datagram);
    await new Promise(setImmediate);
    assert.equal(ended, false);
    client.receive(encrypted(server, Buffer.of(1, 0)));
    await goodbye;
  });

  test('survives whatever comes before its end', async (t) => {
    let state = 1;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state;
    };
    const { client } = await shakeHands(t);
    for (let round = 0; round < 2_000; round += 1) {
      const datagram = Buffer.from(Array.from({ length: random() % 60 }, () => random() % 256));
      if (datagram.length > 13) datagram.writeUInt16BE(datagram.length - 13 - (random() % 2), 11);
      if (datagram.length > 0) datagram[0] = 22 + (random() % 42);
      client.receive(datagram);
    }
    client.receive(HOSTILE[0] ?? Buffer.alloc(0));
    await new Promise(setImmediate);
  });
});

/** A record as the server encrypts it. */
function encrypted(server: DtlsServer, alert: Buffer): Buffer {
  const { sessionType, cipher } = server.cipher;
  const header = { type: 21, version: 0xfefd, epoch: 1, sequenceNumber: 5 };
  const body = cipher.encrypt(sessionType, alert, header);
  const head = Buffer.from('15fefd000100000000000500 00'.replace(' ', ''), 'hex');
  head.writeUInt16BE(body.length, 11);
  return Buffer.concat([head, body]);
}

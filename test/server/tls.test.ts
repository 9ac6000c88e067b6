import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { ListStagesCommand } from '@aws-sdk/client-ivs-realtime';
import { type CertificateFiles, createCertificate, trust } from '../support/certificate.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { connectEvents } from '../support/events-socket.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

function startTlsServer({ certFile, keyFile }: CertificateFiles, env = {}): Promise<ServerProcess> {
  return startServer({ env: { PROSCENIUM_TLS_CERT_FILE: certFile, PROSCENIUM_TLS_KEY_FILE: keyFile, ...env } });
}

async function shakeHands(t: TestContext, server: ServerProcess, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const port = Number(new URL(server.endpoint).port);
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  t.after(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

/** A client of the past. A security level of 0 lets our own side offer what is out of date. */
const outdated = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
const refusedVersion = { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' };

/** The common name of the certificate that a new connection is shown. @param port default that of the API */
async function shownName(t: TestContext, server: ServerProcess, port?: number): Promise<string | undefined> {
  const socket = await shakeHands(t, server, port === undefined ? {} : { port });
  return socket.getPeerX509Certificate()?.subject;
}

describe('a server with certificate files', () => {
  let folder: string;
  let first: CertificateFiles;
  let second: CertificateFiles;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-tls-'));
    first = createCertificate(folder, 'first');
    second = createCertificate(folder, 'second');
    trust(first, second);
  });
  after(() => rm(folder, { recursive: true }));

  /** Files of the test's own with the first pair. */
  async function filesIn(t: TestContext): Promise<CertificateFiles> {
    const own = await createDataFolder(t);
    const files = { certFile: `${own}/fullchain.pem`, keyFile: `${own}/privkey.pem` };
    await replace(files, first);
    return files;
  }

  async function replace(files: CertificateFiles, by: CertificateFiles): Promise<void> {
    await copyFile(by.certFile, files.certFile);
    await copyFile(by.keyFile, files.keyFile);
  }

  test('serves API, pages, WHIP and events by TLS, and says so in every address', async (t) => {
    const server = await startTlsServer(first);
    t.after(() => server.stop());
    assert.match(server.endpoint, /^https:\/\/127\.0\.0\.1:\d+$/);
    assert.equal((await fetch(server.announcement.console)).status, 200);
    assert.deepEqual((await server.client.send(new ListStagesCommand())).stages, []);

    const stage = await TestStage.create(server, ['alice']);
    assert.ok(stage.whipUrl.startsWith(`${server.endpoint}/whip/`));
    const { token } = stage.invited('alice');
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    assert.equal(claims.events_url, `${server.endpoint.replace('https', 'wss')}/events`);
    assert.ok(claims.whip_url.startsWith(server.endpoint));

    const socket = await connectEvents(token);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
    const whip = await fetch(`${server.endpoint}/whip`, { method: 'POST', headers, body: 'v=0', redirect: 'manual' });
    assert.deepEqual([whip.status, whip.headers.get('location')], [307, stage.whipUrl]);
    assert.equal((await fetch(stage.whipUrl, { method: 'POST', headers, body: 'v=0' })).status, 400);
    socket.close();
  });

  test('speaks HTTP/1.1 over TLS 1.2 or newer, and nothing to those who speak no TLS', async (t) => {
    const server = await startTlsServer(first);
    t.after(() => server.stop());
    const modern = await shakeHands(t, server, { ALPNProtocols: ['h2', 'http/1.1'] });
    assert.deepEqual([modern.getProtocol(), modern.alpnProtocol], ['TLSv1.3', 'http/1.1']);
    assert.equal((await shakeHands(t, server, { maxVersion: 'TLSv1.2' })).getProtocol(), 'TLSv1.2');
    await assert.rejects(shakeHands(t, server, outdated), refusedVersion);

    const plain = connectTcp(Number(new URL(server.endpoint).port), '127.0.0.1');
    plain.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const answer = await plain.toArray().catch((error: NodeJS.ErrnoException) => error.code);
    assert.ok(answer === 'ECONNRESET' || !String(answer).includes('HTTP'), String(answer));
    assert.equal((await fetch(`${server.endpoint}/healthz`)).status, 200);
  });

  test('shows new connections the new certificate when the files change; sockets that are open live on', async (t) => {
    const files = await filesIn(t);
    const server = await startTlsServer(files, { PROSCENIUM_INGEST_RTMPS_PORT: '0' });
    t.after(() => server.stop());
    const encoders = Number(new URL(server.announcement.ingest.rtmps ?? '').port);
    assert.equal(await shownName(t, server, encoders), 'CN=first');
    const stage = await TestStage.create(server, ['alice', 'bob']);
    const socket = await connectEvents(stage.invited('alice').token);
    let isOpen = true;
    socket.closed.then(() => {
      isOpen = false;
    });
    assert.equal(await shownName(t, server), 'CN=first');

    await replace(files, second);
    await until(
      () => shownName(t, server),
      (name) => name === 'CN=second',
    );
    await until(
      () => shownName(t, server, encoders),
      (name) => name === 'CN=second',
    );
    // What the server tells the open socket is that somebody else has come, by a connection with the new certificate.
    const joined = socket.nextState();
    const other = await connectEvents(stage.invited('bob').token);
    assert.equal((await joined).participants.length, 2);
    assert.ok(isOpen);
    assert.deepEqual((await server.client.send(new ListStagesCommand())).stages?.length, 1);
    await assert.rejects(shakeHands(t, server, outdated), refusedVersion);
    for (const each of [socket, other]) each.close();
  });

  test('goes on with its certificate when the files become unusable', async (t) => {
    const files = await filesIn(t);
    const server = await startTlsServer(files);
    t.after(() => server.stop());
    await copyFile(second.keyFile, files.keyFile);
    await until(
      async () => server.log(),
      (log) => log.includes('the private key is not that of the certificate'),
    );
    assert.equal(await shownName(t, server), 'CN=first');
    await writeFile(files.certFile, '');
    await until(
      async () => server.log(),
      (log) => log.includes('there is no certificate in PEM form'),
    );
    assert.equal(await shownName(t, server), 'CN=first');
    assert.ok(!server.log().includes('PRIVATE KEY'));
  });
});

test('a server whose certificate files cannot be used does not start, and says why', async (t) => {
  const folder = await createDataFolder(t);
  const { certFile } = createCertificate(folder, 'first');
  const missing = { certFile, keyFile: `${folder}/nothing.key` };
  await assert.rejects(startTlsServer(missing), (error: Error) => {
    assert.match(error.message, /tls: \S+first\.crt and \S+nothing\.key cannot be used: ENOENT/);
    return true;
  });
  await assert.rejects(startServer({ env: { PROSCENIUM_TLS_CERT_FILE: certFile } }), {
    message: 'The server did not start: tls: set both certFile and keyFile, or neither of them\n',
  });
});

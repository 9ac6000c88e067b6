import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import type { Config } from '@proscenium/server/configuring';
import { configWith, createFolder, found, unstopped } from '../found.fixture.ts';
import { Authority } from '../server/certificates.fixture.ts';
import { channelsCheck } from './channels.ts';
import { unusedPort } from './stages.fixture.ts';

type Channel = NonNullable<Config['compositions']['channels']>[number];

const arn = 'arn:aws:ivs:us-west-2:123456789012:channel/show';
const streamKey = 'sk_a-very-secret-key';

async function look(...channels: Channel[]): Promise<string[]> {
  const config = configWith({});
  const compositions = { ...config.compositions, channels };
  return found(await channelsCheck.run({ config: { ...config, compositions } }, unstopped));
}

const pushed = (url: string, files: { key?: string; authorities?: string } = {}): Channel => ({
  arn,
  type: 'rtmp',
  url,
  streamKey: files.key === undefined ? streamKey : { file: files.key },
  certificateAuthoritiesFile: files.authorities,
});

async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('without channels that go elsewhere there is nothing to look at', async () => {
  assert.deepEqual(await look(), ['skipped: none goes to another server']);
  assert.deepEqual(await look({ arn, type: 'builtIn' }), ['skipped: none goes to another server']);
});

test('a server of RTMP takes connections, or nothing listens there', async (t) => {
  const port = await listen(
    t,
    createServer((socket) => socket.destroy()),
  );
  const closed = await unusedPort();
  assert.deepEqual(await look(pushed(`rtmp://127.0.0.1:${port}/app`), pushed(`rtmp://127.0.0.1:${closed}/app`)), [
    `ok: ${arn}: rtmp://127.0.0.1:${port} takes connections`,
    `failed: ${arn}: rtmp://127.0.0.1:${closed}: nothing listens there`,
  ]);
});

test('the certificate of a server of RTMPS is judged by the authorities of the channel', async (t) => {
  const folder = await createFolder(t);
  const authority = new Authority(folder);
  const { certFile, keyFile } = authority.issue('live', { extensions: 'subjectAltName=IP:127.0.0.1' });
  const authorities = path.join(folder, 'authorities.pem');
  writeFileSync(authorities, authority.certificate);
  const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  const port = await listen(t, createTlsServer(tls));
  const where = `${arn}: rtmps://127.0.0.1:${port}`;
  const url = `rtmps://127.0.0.1:${port}/app`;
  const [trusted = '', ...others] = await look(pushed(url, { authorities }));
  assert.match(trusted, /^ok: .* takes connections, with a certificate until \d{4}-\d\d-\d\d$/);
  assert.ok(trusted.includes(where));
  assert.deepEqual(others, []);
  assert.match((await look(pushed(url)))[0] ?? '', /^failed: .*: (?:the certificate|certificates)/);
});

test('a file that cannot be read is told, and a key never is', async (t) => {
  const missing = path.join(await createFolder(t), 'key');
  assert.deepEqual(await look(pushed('rtmp://127.0.0.1:1/app', { key: missing })), [
    `failed: ${arn}: ${missing} cannot be read (ENOENT)`,
  ]);
  assert.ok(!(await look(pushed('rtmp://127.0.0.1:1/app'))).join().includes(streamKey));
});

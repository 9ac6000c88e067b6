import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { configWith, createFolder, found, unstopped } from '../found.fixture.ts';
import { accessKeyCheck } from './access-key.ts';
import { answerWith, healthy } from './answering.fixture.ts';
import { Authority, selfSigned } from './certificates.fixture.ts';
import { clockCheck } from './clock.ts';
import { endpointCheck, localServerCheck } from './running-server.ts';
import { servedCertificateCheck } from './served-certificate.ts';

describe('a server', () => {
  test('that answers and is ready is fine', async (t) => {
    const { url } = await answerWith(t, healthy());
    const result = await endpointCheck(url).run({}, unstopped);
    assert.deepEqual(found(result), [`ok: ${url.origin} answers and is ready`]);
    assert.equal(result.learned?.server?.url, url);
  });

  test('that is drained is warned of, one without a media worker fails', async (t) => {
    const drained = await answerWith(t, healthy({}, 'draining'));
    assert.match(found(await endpointCheck(drained.url).run({}, unstopped)).join(), /^warning: .* is being drained/);
    const broken = await answerWith(t, healthy({}, 'no media worker is running'));
    const result = await endpointCheck(broken.url).run({}, unstopped);
    assert.deepEqual(found(result), [
      `failed: ${broken.url.origin} answers and is not ready: no media worker is running`,
    ]);
  });

  test('that is none of ours fails', async (t) => {
    const { url } = await answerWith(t, (_, response) => response.end('<html>'));
    const result = await endpointCheck(url).run({}, unstopped);
    assert.match(found(result).join(), /^failed: .* is answered by something else \(status 200 for \/healthz\)$/);
    assert.equal(result.learned, undefined);
  });

  test('that does not run fails as an endpoint, and is warned of where it may not have been started yet', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const address = closed.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    closed.close();
    await once(closed, 'close');
    const result = await endpointCheck(new URL(`http://127.0.0.1:${port}`)).run({}, unstopped);
    assert.deepEqual(found(result), [`failed: http://127.0.0.1:${port}: nothing listens there`]);
    const config = configWith({ listen: `127.0.0.1:${port}` });
    assert.deepEqual(found(await localServerCheck.run({ config }, unstopped)), [
      `warning: no server runs at http://127.0.0.1:${port}`,
    ]);
  });
});

describe('the clock', () => {
  const lookAt = async (aheadSeconds: number, answer: Awaited<ReturnType<typeof answerWith>>) => {
    const clocks = { now: () => Date.now() + aheadSeconds * 1_000, monotonicMs: () => performance.now() };
    return found(await clockCheck(clocks).run({ server: answer }, unstopped));
  };

  test('that goes with that of the server is fine', async (t) => {
    assert.deepEqual(await lookAt(0, await answerWith(t, healthy())), ['ok: that of the server says the same']);
  });

  test('of a server that is behind or ahead is noticed, and fails from five minutes on', async (t) => {
    const serverAt = (offsetSeconds: number) =>
      answerWith(t, healthy({ Date: new Date(Date.now() + offsetSeconds * 1_000).toUTCString() }));
    assert.match(
      (await lookAt(0, await serverAt(-60))).join(),
      /^warning: this machine is (59|60|61) s ahead of the server$/,
    );
    assert.match(
      (await lookAt(0, await serverAt(1_200))).join(),
      /^failed: this machine is 20 min behind the server: signatures/,
    );
  });

  test('of an AWS service of events is compared too', async (t) => {
    const date = new Date(Date.now() + 10_800_000).toUTCString();
    const { url } = await answerWith(t, (_, response) => response.setHeader('Date', date).writeHead(404).end());
    const file = path.join(await createFolder(t), 'proscenium.yaml');
    const key = 'accessKeyId: A, secretAccessKey: b';
    await writeFile(file, `events: { targets: [{ name: bus, type: eventbridge, endpoint: "${url.origin}", ${key} }] }`);
    const { loadConfig } = await import('@proscenium/server/configuring');
    const config = loadConfig({ file, environment: {}, flags: {} });
    const lines = found(await clockCheck().run({ config }, unstopped));
    assert.match(lines.join(), /^failed: this machine is 3 h behind event target bus/);
  });

  test('that is set meanwhile is noticed', async () => {
    let now = 1_000_000;
    const check = clockCheck({ now: () => now, monotonicMs: () => 0 });
    now += 90_000;
    assert.deepEqual(found(await check.run({}, unstopped)), [
      'warning: it was set forward by 90 s while the doctor ran',
    ]);
  });
});

describe('the certificate that clients see', () => {
  const extensions = 'subjectAltName=IP:127.0.0.1';

  test('must be one that they trust', async (t) => {
    const folder = await createFolder(t);
    const server = await answerWith(t, healthy(), selfSigned(folder, 'self', extensions));
    assert.match(found(await servedCertificateCheck.run({ server }, unstopped)).join(), /^failed: .* signs itself/);
    const foreign = new Authority(folder).issue('foreign', { extensions });
    const other = await answerWith(t, healthy(), foreign);
    assert.match(
      found(await servedCertificateCheck.run({ server: other }, unstopped)).join(),
      /^failed: 127\.0\.0\.1:\d+: (certificates between|the certificate is of an authority)/,
    );
  });

  test('must not have expired', async (t) => {
    const validity = ['20250101000000Z', '20250401000000Z'] as const;
    const expired = new Authority(await createFolder(t)).issue('expired', { extensions, validity });
    const server = await answerWith(t, healthy(), expired);
    assert.deepEqual(found(await servedCertificateCheck.run({ server }, unstopped)), [
      'failed: it expired on 2025-04-01',
    ]);
  });

  test('is looked for where publicUrl says', async (t) => {
    const { url } = await answerWith(t, healthy(), selfSigned(await createFolder(t), 'self', extensions));
    const config = configWith({ environment: { PROSCENIUM_PUBLIC_URL: url.origin } });
    const server = { url: new URL('http://127.0.0.1:1'), direct: true };
    const lines = found(await servedCertificateCheck.run({ server, config }, unstopped));
    assert.match(lines.join(), new RegExp(`^failed: ${url.host}: the certificate signs itself`));
  });

  test('is not looked for without TLS', async () => {
    const server = { url: new URL('http://127.0.0.1:1'), direct: false };
    assert.match(found(await servedCertificateCheck.run({ server }, unstopped)).join(), /^skipped: .* without TLS$/);
  });
});

describe('the access key', () => {
  const server = { url: new URL('http://127.0.0.1:1'), direct: true };

  test('is one of the configuration, else that of the data folder; on another machine, that of the environment', async (t) => {
    const data = await createFolder(t);
    await writeFile(
      path.join(data, 'credentials'),
      '[default]\naws_access_key_id = PRSCFILE\naws_secret_access_key = hush\n',
    );
    const own = configWith({ data });
    const configured = configWith({
      data,
      environment: { PROSCENIUM_ACCESS_KEY_ID: 'PRSCSET', PROSCENIUM_SECRET_ACCESS_KEY: 'hush' },
    });
    const environment = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'hush' };
    for (const [facts, expected] of [
      [{ server, config: configured }, 'ok: PRSCSET, of the configuration'],
      [{ server, config: own }, `ok: PRSCFILE, of ${data}/credentials`],
      [{ server }, 'ok: AKIA, of the environment'],
    ] as const) {
      assert.deepEqual(found(await accessKeyCheck(environment).run(facts, unstopped)), [expected]);
    }
  });

  test('that is nowhere is missed on the machine of the server, and not asked for elsewhere', async (t) => {
    const config = configWith({ data: await createFolder(t) });
    const own = found(await accessKeyCheck({}).run({ server, config }, unstopped));
    assert.match(own.join(), /^failed: no access key is configured, and .*credentials is not there$/);
    assert.match(
      found(await accessKeyCheck({ AWS_SHARED_CREDENTIALS_FILE: '/nowhere' }).run({ server }, unstopped)).join(),
      /^skipped: No credentials: .*, to check stages and media too$/,
    );
  });
});

import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { configWith, createFolder, found, unstopped } from '../found.fixture.ts';
import { certificateFilesCheck } from './certificate-files.ts';
import { Authority, type Issued, selfSigned } from './certificates.fixture.ts';

const HOST = 'stages.example.com';
const extensions = `subjectAltName=DNS:${HOST}`;

async function look({ certFile, keyFile }: Issued, publicUrl = `https://${HOST}`, now?: Date): Promise<string[]> {
  const environment = {
    PROSCENIUM_TLS_CERT_FILE: certFile,
    PROSCENIUM_TLS_KEY_FILE: keyFile,
    PROSCENIUM_PUBLIC_URL: publicUrl,
  };
  const check = certificateFilesCheck(now && (() => now));
  return found(await check.run({ config: configWith({ environment }) }, unstopped)).map((line) =>
    line.replace(certFile, 'FILE'),
  );
}

async function append(t: TestContext, { certFile, keyFile }: Issued, ...others: string[]): Promise<Issued> {
  const chain = path.join(await createFolder(t), 'chain.pem');
  await writeFile(chain, [await readFile(certFile, 'utf8'), ...others].join(''));
  return { certFile: chain, keyFile };
}

describe('certificate files', () => {
  let folder: string;
  let root: Authority;
  let middle: Authority;
  let issued: Issued;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-doctor-'));
    root = new Authority(folder, 'root');
    middle = new Authority(folder, 'middle', root);
    issued = middle.issue('leaf', { extensions });
  });

  after(() => rm(folder, { recursive: true }));

  test('with the whole chain are fine', async (t) => {
    const [line, ...others] = await look(await append(t, issued, middle.certificate));
    assert.match(line ?? '', /^ok: FILE: DNS:stages\.example\.com, until \d{4}-\d\d-\d\d$/);
    assert.deepEqual(others, []);
  });

  test('without the chain are warned of', async () => {
    const [, ...others] = await look(issued);
    assert.deepEqual(others, ['warning: those between it and one that clients trust are missing']);
  });

  test('with a chain in the wrong order fail', async (t) => {
    const chain = await append(t, issued, root.certificate, middle.certificate);
    assert.deepEqual(await look(chain), ['failed: number 2 of its chain did not sign number 1']);
  });

  test('that expired fail, and so do those of the future', async () => {
    const expired = middle.issue('expired', { extensions, validity: ['20250101000000Z', '20250401000000Z'] });
    assert.ok((await look(expired)).includes('failed: it expired on 2025-04-01'));
    const future = middle.issue('future', { extensions, validity: ['20980101000000Z', '20990101000000Z'] });
    assert.ok((await look(future)).includes('failed: it is valid only from 2098-01-01 on'));
  });

  test('that expire soon are warned of, those of a few days when a third of that is left', async (t) => {
    const day = (number: number) => new Date(Date.UTC(2025, 0, number));
    const long = await append(
      t,
      middle.issue('long', { extensions, validity: ['20250101000000Z', '20250401000000Z'] }),
      middle.certificate,
    );
    assert.equal((await look(long, undefined, day(76))).length, 1);
    assert.ok((await look(long, undefined, day(80))).includes('warning: it expires in 11 days, on 2025-04-01'));
    const short = await append(
      t,
      middle.issue('short', { extensions, validity: ['20250101000000Z', '20250107000000Z'] }),
      middle.certificate,
    );
    assert.equal((await look(short, undefined, day(4))).length, 1);
    assert.ok((await look(short, undefined, day(6))).includes('warning: it expires in 1 day, on 2025-01-07'));
  });

  test('for another name than publicUrl has are warned of', async (t) => {
    const chain = await append(t, issued, middle.certificate);
    const [, ...others] = await look(chain, 'https://live.example.com');
    assert.deepEqual(others, [
      'warning: it is not for live.example.com, the host of publicUrl, but for DNS:stages.example.com',
    ]);
  });

  test('that sign themselves are warned of', async () => {
    const [, ...others] = await look(selfSigned(folder, 'self', extensions));
    assert.deepEqual(others, ['warning: it signs itself: only clients that are told so trust it']);
  });

  test('whose key is of another certificate, or that are none, fail', async () => {
    const other = middle.issue('other', { extensions });
    const [line] = await look({ certFile: issued.certFile, keyFile: other.keyFile });
    assert.match(line ?? '', /^failed: .* cannot be used: the private key is not that of the certificate$/);
    const [none] = await look({ certFile: issued.keyFile, keyFile: issued.keyFile });
    assert.match(none ?? '', /^failed: .* there is no certificate in PEM form$/);
    const [missing] = await look({ certFile: '/nowhere.pem', keyFile: issued.keyFile });
    assert.match(missing ?? '', /^failed: .*ENOENT/);
  });

  test('are not looked for where there are none', async () => {
    const environment = { PROSCENIUM_INGEST_RTMPS_PORT: 'off' };
    const result = await certificateFilesCheck().run({ config: configWith({ environment }) }, unstopped);
    assert.deepEqual(found(result), ['skipped: the server has no TLS of its own']);
  });

  test('of RTMPS are made by a server that has none of its own', async (t) => {
    const data = await createFolder(t);
    const without = 'skipped: the server has no TLS of its own';
    const lookAt = async (now?: Date) => {
      const config = configWith({ data, listen: '127.0.0.1:7080' });
      return found(await certificateFilesCheck(now && (() => now)).run({ config }, unstopped));
    };
    assert.deepEqual(await lookAt(), [without, 'ok: for RTMPS the server makes one itself, at its first start']);
    const { certFile } = selfSigned(folder, 'local', extensions);
    await copyFile(certFile, path.join(data, 'local.crt'));
    const [, made = ''] = await lookAt();
    assert.match(made, /^ok: RTMPS has one that the server made itself, .*\/local\.crt, until \d{4}-\d\d-\d\d$/);
    const [, late = ''] = await lookAt(new Date(Date.now() + 80 * 86_400_000));
    assert.match(late, /^warning: RTMPS has one that is good until /);
  });
});

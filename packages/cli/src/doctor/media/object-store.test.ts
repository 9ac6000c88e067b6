import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type RunningServer, startServer } from '@proscenium/server';
import { pino } from 'pino';
import { configWith, createFolder, found, unstopped } from '../found.fixture.ts';
import { answerWith } from '../server/answering.fixture.ts';
import { objectStoreCheck } from './object-store.ts';
import { unusedPort } from './stages.fixture.ts';

const key = { accessKeyId: 'PRSCSTORESTORESTORE0', secretAccessKey: 'a-long-random-text' };

async function look(data: string, environment: Record<string, string> = {}): Promise<string[]> {
  return found(await objectStoreCheck.run({ config: configWith({ data, environment }) }, unstopped));
}

describe('the local folder', () => {
  test('is made at the first start, and the spool with it, not by a look', async (t) => {
    const data = await createFolder(t);
    const [store = '', spool = '', ...others] = await look(path.join(data, 'data'));
    assert.match(store, /^ok: .*\/data\/objects is made at the first start, [\d.]+ [GM]iB free$/);
    assert.match(spool, /^ok: [\d.]+ [GM]iB free for the spool at .*\/data\/spool; it may take 2\.0 GiB$/);
    assert.deepEqual([others, await readdir(data)], [[], []]);
  });

  test('that is there can be written to', async (t) => {
    const [data, folder] = [await createFolder(t), await createFolder(t)];
    const [store = ''] = await look(data, { PROSCENIUM_OBJECTS_FOLDER: folder });
    assert.match(store, /^ok: \S+ can be written to, /);
    assert.ok(store.includes(folder));
    assert.deepEqual(await readdir(folder), []);
  });

  test('that is a file, or takes nothing, fails', { skip: process.platform !== 'linux' }, async (t) => {
    const data = await createFolder(t);
    const file = path.join(data, 'file');
    await writeFile(file, '');
    assert.equal((await look(data, { PROSCENIUM_OBJECTS_FOLDER: file }))[0], `failed: ${file} is no folder`);
    const [readOnly = ''] = await look(data, { PROSCENIUM_OBJECTS_FOLDER: '/proc/1' });
    assert.match(readOnly, /^failed: \/proc\/1 cannot be written to: E[A-Z]+$/);
  });

  test('with less room than the spool may take is warned of', async (t) => {
    const [, spool = ''] = await look(await createFolder(t), { PROSCENIUM_OBJECTS_SPOOL_BYTES: String(2 ** 50) });
    assert.match(spool, /^warning: .* free for the spool at .*, and it may take 1048576\.0 GiB$/);
  });
});

describe('an S3', () => {
  let server: RunningServer;
  let data: string;
  before(async () => {
    data = await mkdtemp(path.join(tmpdir(), 'proscenium-doctor-'));
    const environment = {
      PROSCENIUM_MEDIA_WORKERS: '0',
      PROSCENIUM_ACCESS_KEY_ID: key.accessKeyId,
      PROSCENIUM_SECRET_ACCESS_KEY: key.secretAccessKey,
    };
    server = await startServer(configWith({ data, environment }), { logger: pino({ level: 'silent' }) });
  });
  after(async () => {
    await server.close();
    await rm(data, { recursive: true });
  });

  async function ask(endpoint: string, { accessKeyId, secretAccessKey } = key): Promise<string> {
    const environment = {
      PROSCENIUM_OBJECTS_STORE: 's3',
      PROSCENIUM_OBJECTS_S3_ENDPOINT: endpoint,
      PROSCENIUM_OBJECTS_S3_ACCESS_KEY_ID: accessKeyId,
      PROSCENIUM_OBJECTS_S3_SECRET_ACCESS_KEY: secretAccessKey,
    };
    const [store = ''] = await look(data, environment);
    assert.doesNotMatch(store, new RegExp(`${secretAccessKey}|${key.secretAccessKey}`));
    return store.replace(endpoint, 'STORE');
  }

  test('that knows the credentials lists its buckets', async () => {
    assert.equal(await ask(server.endpoint), 'ok: STORE answers, and lists 0 buckets');
  });

  test('that does not know them fails, and so does a wrong secret', async () => {
    const unknown = await ask(server.endpoint, { ...key, accessKeyId: 'PRSCOTHEROTHEROTHER0' });
    assert.equal(unknown, 'failed: STORE does not take the credentials: InvalidAccessKeyId');
    const wrong = await ask(server.endpoint, { ...key, secretAccessKey: 'another-text' });
    assert.equal(wrong, 'failed: STORE does not take the credentials: SignatureDoesNotMatch');
  });

  test('need not let the one who records list buckets', async (t) => {
    const { url } = await answerWith(t, (_, response) => {
      response.writeHead(403, { 'content-type': 'application/xml' }).end('<Error><Code>AccessDenied</Code></Error>');
    });
    assert.match(await ask(url.origin), /^ok: STORE answers, and lists no buckets for these credentials/);
  });

  test('that is none, or does not answer, fails', async (t) => {
    const page = await answerWith(t, (_, response) => response.end('<html><p>A page</html>'));
    assert.equal(await ask(page.url.origin), 'failed: STORE: what answers is no S3');
    const nothing = await answerWith(t, (_, response) => response.writeHead(404).end());
    assert.equal(await ask(nothing.url.origin), 'failed: STORE answers NotFound');
    assert.equal(await ask(`http://127.0.0.1:${await unusedPort()}`), 'failed: STORE: nothing listens there');
  });
});

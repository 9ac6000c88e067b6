import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, type TestContext, test } from 'node:test';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { SwiftS3, swiftMissing } from '../../../../test/support/swift-s3.ts';
import { systemClock } from '../clock.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import { account, testFolder } from './local-folder.fixture.ts';
import { type S3Settings, S3Store } from './s3-store.ts';
import { Spool } from './spool.ts';

const region = 'us-west-2';
const bucket = 'show-archive';
const noBucket = {
  code: 'ResourceNotFoundException',
  refused: true,
  message: 'S3 bucket not found. Please verify your bucket exists.',
};
const denied = {
  code: 'AccessDeniedException',
  refused: true,
  message: 'Access denied to S3 bucket. Please verify your bucket policy.',
};
const away = { code: 'InternalServerException', refused: false, message: 'Service internal error' };

function openStore(t: TestContext, settings: Partial<S3Settings>): S3Store {
  const usual = { endpoint: undefined, region, pathStyle: true, credentials: SwiftS3.owner, acl: undefined };
  const store = new S3Store({ ...usual, ...settings });
  t.after(() => store.close());
  return store;
}

describe('The S3 store, with OpenStack Swift behind it,', { skip: swiftMissing() }, () => {
  let swift: SwiftS3;
  let reader: S3Client;

  before(async () => {
    swift = await SwiftS3.start();
    const { endpoint } = swift;
    reader = new S3Client({ endpoint, region, credentials: SwiftS3.owner, forcePathStyle: true });
    await reader.send(new CreateBucketCommand({ Bucket: bucket }));
  });
  after(async () => {
    reader.destroy();
    await swift.close();
  });

  const read = async (Key: string) => {
    const { Body, ContentType } = await reader.send(new GetObjectCommand({ Bucket: bucket, Key }));
    return { bytes: Buffer.from((await Body?.transformToByteArray()) ?? []), ContentType };
  };
  const keys = async (Prefix: string) => {
    const { Contents = [] } = await reader.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
    return Contents.map(({ Key = '' }) => Key);
  };

  test('puts texts, files, and large files in parts, each with its type', async (t) => {
    const store = openStore(t, { endpoint: swift.endpoint });
    const large = Buffer.alloc(20_000_000, 'proscenium');
    const file = join(await testFolder(t), 'segment');
    await writeFile(file, large);
    await store.put({ account, bucket, key: 'a/events/recording-started.json' }, { data: '{"version":"v1"}' });
    await store.put({ account, bucket, key: 'a/high/0.mp4' }, { file });
    await store.put({ account, bucket, key: 'a/é +.jpg' }, { data: Buffer.from('picture') });
    assert.deepEqual(await read('a/events/recording-started.json'), {
      bytes: Buffer.from('{"version":"v1"}'),
      ContentType: 'application/json',
    });
    const segment = await read('a/high/0.mp4');
    assert.equal(segment.ContentType, 'video/mp4');
    assert.ok(segment.bytes.equals(large));
    assert.deepEqual((await read('a/é +.jpg')).bytes, Buffer.from('picture'));
  });

  test('tells a bucket that is not there from one that is closed', async (t) => {
    const store = openStore(t, { endpoint: swift.endpoint });
    await store.check({ account, bucket });
    await assert.rejects(store.check({ account, bucket: 'nobody-made-it' }), noBucket);
    const put = (from: S3Store, name: string) => from.put({ account, bucket: name, key: 'a.json' }, { data: '' });
    await assert.rejects(put(store, 'nobody-made-it'), noBucket);
    const guest = openStore(t, { endpoint: swift.endpoint, credentials: SwiftS3.guest });
    await assert.rejects(guest.check({ account, bucket }), denied);
    await assert.rejects(put(guest, bucket), denied);
    const mistaken = { ...SwiftS3.owner, secretAccessKey: 'wrong' };
    await assert.rejects(put(openStore(t, { endpoint: swift.endpoint, credentials: mistaken }), bucket), denied);
  });

  test('gives back what was put, and removes it', async (t) => {
    const store = openStore(t, { endpoint: swift.endpoint });
    const name = { account, bucket, key: 'channels/abc/0.mp4' };
    await store.put(name, { data: 'segment' });
    const object = await store.get(name);
    assert.equal(object?.bytes, 7);
    assert.match(object.etag, /^"?[0-9a-f]{32}"?$/);
    assert.equal(await text(object.content), 'segment');
    await store.delete(name);
    await store.delete(name);
    assert.equal(await store.get(name), undefined);
    await assert.rejects(store.get({ ...name, bucket: 'nobody-made-it' }), noBucket);
    const guest = openStore(t, { endpoint: swift.endpoint, credentials: SwiftS3.guest });
    await assert.rejects(guest.get(name), denied);
    await assert.rejects(guest.delete(name), denied);
  });

  test('breaks off what nobody waits for any more', async (t) => {
    const store = openStore(t, { endpoint: swift.endpoint });
    const file = join(await testFolder(t), 'segment');
    await writeFile(file, Buffer.alloc(20_000_000));
    const stopping = new AbortController();
    const put = store.put({ account, bucket, key: 'broken/0.mp4' }, { file }, { signal: stopping.signal });
    stopping.abort();
    await assert.rejects(put, { name: 'ObjectStoreFailure' });
    assert.deepEqual(await keys('broken/'), []);
  });

  test('is away and comes back while a recording goes on: everything arrives, in its order', async (t) => {
    const store = openStore(t, { endpoint: swift.endpoint });
    const folder = await testFolder(t);
    const spool = await Spool.open({ folder, maximumBytes: 1e8, store, clock: systemClock, logger: silentLogger });
    t.after(() => spool.close());
    const recording = await spool.folder('recording-1', { account, bucket, prefix: 'away' });
    const add = async (file: string, keep: boolean) => {
      await writeFile(join(recording.path, file), `of ${file}`);
      recording.add(file, { keep });
    };
    await add('init-0.mp4', true);
    await recording.settled();
    await swift.stop();
    await assert.rejects(store.check({ account, bucket }), away);
    for (let number = 0; number < 5; number += 1) await add(`${number}.mp4`, false);
    await add('playlist.m3u8', true);
    assert.ok(spool.bytes > 0);
    await swift.startAgain();
    await recording.settled();
    const names = ['0.mp4', '1.mp4', '2.mp4', '3.mp4', '4.mp4', 'init-0.mp4', 'playlist.m3u8'];
    assert.deepEqual(
      await keys('away/'),
      names.map((name) => `away/${name}`),
    );
    assert.equal((await read('away/playlist.m3u8')).bytes.toString(), 'of playlist.m3u8');
  });

  test('gets everything though the server is killed in the middle of its uploads', async (t) => {
    const folder = await testFolder(t);
    const files = 30;
    const program = join(import.meta.dirname, 'spooling-program.fixture.ts');
    const settings = [folder, swift.endpoint, bucket, String(files)];
    const child = fork(program, settings, { execArgv: [] });
    t.after(() => child.kill('SIGKILL'));
    // It tells the last file that it has added; by then uploads are under way.
    const [added] = await once(child, 'message');
    assert.equal(added, files);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;

    const store = openStore(t, { endpoint: swift.endpoint });
    const spool = await Spool.open({ folder, maximumBytes: 1e8, store, clock: systemClock, logger: silentLogger });
    t.after(() => spool.close());
    assert.deepEqual(spool.recordingIds, ['recording-1']);
    const recording = await spool.folder('recording-1', { account, bucket, prefix: 'killed' });
    assert.ok(spool.bytes > 300_000, 'nothing was left to upload');
    await recording.settled();
    const names = Array.from({ length: files }, (_, number) => `killed/${number}.mp4`);
    assert.deepEqual((await keys('killed/')).sort(), [...names, 'killed/playlist.m3u8'].sort());
    for (const [number, name] of names.entries()) {
      assert.ok((await read(name)).bytes.equals(Buffer.alloc(300_000, number)), name);
    }
    assert.equal((await read('killed/playlist.m3u8')).bytes.toString(), `up to ${files - 1}`);
  });
});

test('nothing but what is configured is sent with an object', async (t) => {
  const seen: { method?: string; url?: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    seen.push({ method, url, headers });
    request.resume().on('end', () => response.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const name = { account, bucket, key: 'a.m3u8' };
  await openStore(t, { endpoint }).put(name, { data: '#EXTM3U' });
  await openStore(t, { endpoint, acl: 'bucket-owner-full-control' }).put(name, { data: '#EXTM3U' });
  const [plain, withAcl] = seen;
  assert.deepEqual([plain?.method, plain?.url?.split('?')[0]], ['PUT', '/show-archive/a.m3u8']);
  assert.equal(plain?.headers['content-type'], 'application/vnd.apple.mpegurl');
  const sent = Object.keys(plain?.headers ?? {}).filter((header) => /checksum|acl|trailer/.test(header));
  assert.deepEqual(sent, []);
  assert.equal(withAcl?.headers['x-amz-acl'], 'bucket-owner-full-control');
});

test('a store that answers with faults of its own is asked again later', async (t) => {
  const answers = [503, 500, 429].map((status) => ({ status, expected: away }));
  answers.push({ status: 400, expected: { ...away, refused: true } });
  let status = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  const store = openStore(t, { endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` });
  for (const answer of answers) {
    status = answer.status;
    await assert.rejects(store.put({ account, bucket, key: 'a.json' }, { data: '' }), answer.expected);
  }
});

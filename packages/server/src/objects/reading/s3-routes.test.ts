import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readlink } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import fc from 'fast-check';
import { permissionsBy } from '../../access/permissions.fixture.ts';
import { accessKey, encode, sign } from '../../identity/signer.fixture.ts';
import { until } from '../../until.fixture.ts';
import { account } from '../local-folder.fixture.ts';
import { bucket, otherKey, type S3Server, startS3Server } from './s3-server.fixture.ts';

const Bucket = bucket;
const segment = 'stage/session/host/2026-11-21T20-01-04Z/media/hls/high/0.mp4';
const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));

async function withObjects(
  t: Parameters<typeof startS3Server>[0],
  keys: readonly string[] = [segment],
): Promise<S3Server> {
  const server = await startS3Server(t);
  for (const key of keys) await server.store.put({ account, bucket, key }, { data: bytes });
  return server;
}

const bodyOf = async (Body: { transformToByteArray(): Promise<Uint8Array> } | undefined) =>
  Buffer.from((await Body?.transformToByteArray()) ?? []);

test('the JavaScript SDK reads an object, whole and in parts', async (t) => {
  const { client } = await withObjects(t);
  const whole = await client.send(new GetObjectCommand({ Bucket, Key: segment }));
  assert.deepEqual(await bodyOf(whole.Body), bytes);
  assert.equal(whole.ContentType, 'video/mp4');
  assert.equal(whole.ContentLength, bytes.length);
  assert.equal(whole.AcceptRanges, 'bytes');
  assert.ok(Math.abs((whole.LastModified?.getTime() ?? 0) - Date.now()) < 60_000);
  const part = await client.send(new GetObjectCommand({ Bucket, Key: segment, Range: 'bytes=10-19' }));
  assert.deepEqual(await bodyOf(part.Body), bytes.subarray(10, 20));
  assert.equal(part.ContentRange, 'bytes 10-19/100000');
  assert.equal(part.$metadata.httpStatusCode, 206);
  const end = await client.send(new GetObjectCommand({ Bucket, Key: segment, Range: 'bytes=-5' }));
  assert.deepEqual(await bodyOf(end.Body), bytes.subarray(-5));
  const first = await client.send(new GetObjectCommand({ Bucket, Key: segment, PartNumber: 1 }));
  assert.deepEqual(await bodyOf(first.Body), bytes);
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: segment }));
  assert.deepEqual([head.ContentLength, head.ETag, head.ContentType], [bytes.length, whole.ETag, 'video/mp4']);
});

test('an empty object is read as one', async (t) => {
  const { client, store } = await withObjects(t, []);
  await store.put({ account, bucket, key: 'empty.json' }, { data: '' });
  const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket, Key: 'empty.json' }));
  assert.deepEqual([ContentLength, (await bodyOf(Body)).length], [0, 0]);
  const range = client.send(new GetObjectCommand({ Bucket, Key: 'empty.json', Range: 'bytes=0-' }));
  await assert.rejects(range, { name: 'InvalidRange' });
});

test('conditions of a request count', async (t) => {
  const { client } = await withObjects(t);
  const { ETag, LastModified } = await client.send(new HeadObjectCommand({ Bucket, Key: segment }));
  const get = (conditions: object) => client.send(new GetObjectCommand({ Bucket, Key: segment, ...conditions }));
  const later = new Date((LastModified?.getTime() ?? 0) + 1_000);
  const earlier = new Date((LastModified?.getTime() ?? 0) - 1_000);
  for (const met of [
    { IfMatch: ETag },
    { IfNoneMatch: '"other"' },
    { IfModifiedSince: earlier },
    { IfUnmodifiedSince: LastModified },
  ]) {
    const { Body } = await get(met);
    assert.equal((await bodyOf(Body)).length, bytes.length);
  }
  for (const same of [{ IfNoneMatch: ETag }, { IfModifiedSince: LastModified }, { IfModifiedSince: later }]) {
    const isNotModified = ({ $metadata }: { $metadata?: { httpStatusCode?: number } }) =>
      $metadata?.httpStatusCode === 304;
    await assert.rejects(get(same), isNotModified);
  }
  for (const failed of [{ IfMatch: '"other"' }, { IfUnmodifiedSince: earlier }]) {
    await assert.rejects(get(failed), { name: 'PreconditionFailed' });
  }
});

test('keys of all kinds are read by the name that they have', async (t) => {
  const keys = [
    'a b+c.jpg',
    'é/%2F.json',
    'a//b.json',
    '../up.json',
    './here.json',
    '/first.json',
    "it's (1) *&=?#.json",
    '\u{1F600}.jpg',
    'no-dot',
    'folder/',
  ];
  const { client } = await withObjects(t, keys);
  for (const Key of keys) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    assert.equal((await bodyOf(Body)).length, bytes.length, Key);
  }
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  assert.deepEqual(Contents.map(({ Key }) => Key).sort(), keys.toSorted());
});

test('a bucket is listed page by page, by prefix and by folder', async (t) => {
  const keys = ['a.json', 'b/1.json', 'b/2.json', 'b/c/3.json', 'b!.json', 'd/4.json', 'e.json'];
  const { client, store } = await withObjects(t, keys);
  await store.put({ account, bucket: 'other', key: 'x.json' }, { data: '' });
  const ordered = ['a.json', 'b!.json', 'b/1.json', 'b/2.json', 'b/c/3.json', 'd/4.json', 'e.json'];
  const pages = await Array.fromAsync(paginateListObjectsV2({ client, pageSize: 2 }, { Bucket }));
  assert.deepEqual(
    pages.map(({ KeyCount }) => KeyCount),
    [2, 2, 2, 1],
  );
  assert.deepEqual(
    pages.flatMap(({ Contents = [] }) => Contents.map(({ Key }) => Key)),
    ordered,
  );
  const [one] = pages[0]?.Contents ?? [];
  assert.deepEqual([one?.Size, one?.StorageClass], [bytes.length, 'STANDARD']);

  const folders = await Array.fromAsync(paginateListObjectsV2({ client, pageSize: 2 }, { Bucket, Delimiter: '/' }));
  const items = folders.map(({ Contents = [], CommonPrefixes = [] }) => [
    ...Contents.map(({ Key }) => Key),
    ...CommonPrefixes.map(({ Prefix }) => Prefix),
  ]);
  assert.deepEqual(items, [['a.json', 'b!.json'], ['b/', 'd/'], ['e.json']]);

  const inside = await client.send(
    new ListObjectsV2Command({ Bucket, Prefix: 'b/', Delimiter: '/', FetchOwner: true }),
  );
  assert.deepEqual(
    inside.Contents?.map(({ Key }) => Key),
    ['b/1.json', 'b/2.json'],
  );
  assert.deepEqual(inside.CommonPrefixes, [{ Prefix: 'b/c/' }]);
  assert.deepEqual(inside.Contents?.[0]?.Owner, { ID: account });

  const after = await client.send(new ListObjectsV2Command({ Bucket, StartAfter: 'b/2.json', MaxKeys: 2 }));
  assert.deepEqual(
    after.Contents?.map(({ Key }) => Key),
    ['b/c/3.json', 'd/4.json'],
  );
  const none = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'nothing' }));
  assert.deepEqual([none.KeyCount, none.Contents, none.IsTruncated], [0, undefined, false]);
  const wrong = client.send(new ListObjectsV2Command({ Bucket, ContinuationToken: '!' }));
  await assert.rejects(wrong, { name: 'InvalidArgument' });
});

test('the older listing is there for those who use it still', async (t) => {
  const { client } = await withObjects(t, ['a.json', 'b/1.json', 'b/2.json', 'c.json']);
  const items: unknown[] = [];
  for (let Marker: string | undefined, more: boolean | undefined = true; more; ) {
    const page = await client.send(new ListObjectsCommand({ Bucket, MaxKeys: 1, Delimiter: '/', Marker }));
    items.push(page.Contents?.[0]?.Key ?? page.CommonPrefixes?.[0]?.Prefix);
    Marker = page.NextMarker;
    more = page.IsTruncated;
  }
  assert.deepEqual(items, ['a.json', 'b/', 'c.json']);
});

test('keys that XML cannot carry are told by encoding-type', async (t) => {
  const key = 'odd \u0001 & <é>.json';
  const { client } = await withObjects(t, [key]);
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url' }));
  assert.equal(decodeURIComponent(Contents[0]?.Key ?? ''), key);
});

test('buckets are listed, looked for and located; one that nobody named is not there', async (t) => {
  const { client, clientOf } = await withObjects(t);
  const { Buckets = [], Owner } = await client.send(new ListBucketsCommand({}));
  assert.deepEqual([Buckets.map(({ Name }) => Name), Owner?.ID], [[bucket], account]);
  const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket }));
  assert.equal(BucketRegion, 'us-west-2');
  assert.equal((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint, 'us-west-2');
  const east = clientOf(accessKey, 'us-east-1');
  assert.equal((await east.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint, undefined);
  const unknown = 'nobody-named-it';
  await assert.rejects(client.send(new HeadBucketCommand({ Bucket: unknown })), { name: 'NotFound' });
  await assert.rejects(client.send(new ListObjectsV2Command({ Bucket: unknown })), { name: 'NoSuchBucket' });
  await assert.rejects(client.send(new GetObjectCommand({ Bucket: unknown, Key: 'a' })), { name: 'NoSuchBucket' });
  await assert.rejects(client.send(new GetObjectCommand({ Bucket, Key: 'a' })), { name: 'NoSuchKey' });
  await assert.rejects(client.send(new HeadObjectCommand({ Bucket, Key: 'a' })), { name: 'NotFound' });
  await assert.rejects(client.send(new GetObjectCommand({ Bucket: 'UPPER', Key: 'a' })), { name: 'InvalidBucketName' });
  await assert.rejects(client.send(new GetObjectCommand({ Bucket, Key: 'x'.repeat(1_025) })), {
    name: 'KeyTooLongError',
  });
});

test('an account reads its own buckets, and knows nothing of those of others', async (t) => {
  const { clientOf, store } = await withObjects(t);
  const other = clientOf(otherKey);
  await assert.rejects(other.send(new GetObjectCommand({ Bucket, Key: segment })), { name: 'NoSuchBucket' });
  await assert.rejects(other.send(new DeleteObjectCommand({ Bucket, Key: segment })), { name: 'NoSuchBucket' });
  assert.deepEqual((await other.send(new ListBucketsCommand({}))).Buckets ?? [], []);
  await store.put({ account: otherKey.account, bucket, key: 'a.json' }, { data: '{}' });
  const { Contents = [] } = await other.send(new ListObjectsV2Command({ Bucket }));
  assert.deepEqual(
    Contents.map(({ Key }) => Key),
    ['a.json'],
  );
});

test('objects can be removed, and only recordings are written', async (t) => {
  const { client, store } = await withObjects(t);
  await client.send(new DeleteObjectCommand({ Bucket, Key: segment }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: segment }));
  assert.equal(await store.find({ account, bucket, key: segment }), undefined);
  const put = client.send(new PutObjectCommand({ Bucket, Key: 'a.json', Body: bytes }));
  await assert.rejects(put, { name: 'NotImplemented', message: /recordings alone are written/ });
  assert.equal(await store.find({ account, bucket, key: 'a.json' }), undefined);
});

test('a presigned address opens one object to anybody, from any page, for a while', async (t) => {
  const { client, endpoint } = await withObjects(t, [segment, 'é +.json']);
  for (const Key of [segment, 'é +.json']) {
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), { expiresIn: 60 });
    const answer = await fetch(url, { headers: { Range: 'bytes=1-3', Origin: 'https://player.example.com' } });
    assert.equal(answer.status, 206);
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes.subarray(1, 4));
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    assert.match(answer.headers.get('access-control-expose-headers') ?? '', /Content-Range/);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    const elsewhere = await fetch(url.replace(Key === segment ? '0.mp4' : '.json', 'other'));
    assert.equal(elsewhere.status, 403);
    assert.match(await elsewhere.text(), /<Code>SignatureDoesNotMatch<\/Code>/);
  }
  const command = new GetObjectCommand({
    Bucket,
    Key: segment,
    ResponseContentDisposition: 'attachment; filename="x.mp4"',
  });
  const download = await fetch(await getSignedUrl(client, command, { expiresIn: 60 }));
  assert.equal(download.headers.get('content-disposition'), 'attachment; filename="x.mp4"');
  await download.arrayBuffer();
  const old = await getSignedUrl(client, command, { expiresIn: 60, signingDate: new Date(Date.now() - 61_000) });
  const expired = await fetch(old);
  assert.equal(expired.status, 403);
  assert.match(await expired.text(), /Signature expired/);

  const address = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: segment }), { expiresIn: 60 });
  for (const asked of [address, `${endpoint}/${bucket}/${segment}`]) {
    const headers = {
      Origin: 'https://player.example.com',
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'authorization,x-amz-date',
    };
    const preflight = await fetch(asked, { method: 'OPTIONS', headers });
    assert.equal(preflight.status, 200);
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*');
    assert.equal(preflight.headers.get('access-control-allow-headers'), 'authorization,x-amz-date');
  }
});

test('whoever is not known, or signs for something else, is told so in the form of S3', async (t) => {
  const { endpoint, clientOf } = await withObjects(t);
  const get = new GetObjectCommand({ Bucket, Key: segment });
  const stranger = clientOf({ ...otherKey, accessKeyId: 'PRSCSTRANGERSTRANGER' });
  await assert.rejects(stranger.send(get), { name: 'InvalidAccessKeyId' });
  const mistaken = clientOf({ ...otherKey, secretAccessKey: 'wrong' });
  await assert.rejects(mistaken.send(get), { name: 'SignatureDoesNotMatch' });
  const elsewhere = clientOf(accessKey, 'xx-nowhere-1');
  await assert.rejects(elsewhere.send(get), { name: 'SignatureDoesNotMatch', message: /valid region/ });

  const older = await fetch(`${endpoint}/${bucket}/a`, { headers: { authorization: 'AWS PRSC:c2lnbmF0dXJl' } });
  assert.equal(older.status, 400);
  assert.match(await older.text(), /AWS4-HMAC-SHA256/);
  const unsigned = await fetch(`${endpoint}/s3/${bucket}/${segment}`);
  assert.equal(unsigned.status, 403);
  const xml = await unsigned.text();
  assert.match(xml, /^<\?xml .*<Error><Code>AccessDenied<\/Code>.*<Resource>\/show-archive\/stage.*<RequestId>/s);
  assert.match(unsigned.headers.get('content-type') ?? '', /^application\/xml/);
  const host = new URL(endpoint).host;
  const signed = await sign({ method: 'GET', path: `/s3/${bucket}/${segment}`, headers: { host } });
  const ofTheApi = await fetch(`${endpoint}/s3/${bucket}/${segment}`, { headers: signed.headers });
  assert.equal(ofTheApi.status, 403);
});

test('a request whose host is not known is refused', async (t) => {
  const { endpoint } = await withObjects(t);
  const outgoing = request(`${endpoint}/${bucket}/a`, {
    headers: {
      host: 'evil.example.com',
      authorization: 'AWS4-HMAC-SHA256 Credential=a/20261121/us-west-2/s3/aws4_request',
    },
  }).end();
  const [answer] = await once(outgoing, 'response');
  assert.equal(answer.statusCode, 403);
  answer.resume();
});

test('a bucket may be called as a path of the server is', async (t) => {
  const { endpoint, client, store } = await startS3Server(t);
  await store.put({ account, bucket: 'try', key: 'a.json' }, { data: '{}' });
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'try' }));
  assert.deepEqual(
    Contents.map(({ Key }) => Key),
    ['a.json'],
  );
  assert.equal(await (await fetch(`${endpoint}/try`)).text(), 'a page');
});

test('no request, however odd, has the server fail', async (t) => {
  const { endpoint, log } = await withObjects(t, ['a.json', 'b/c.mp4']);
  const { host } = new URL(endpoint);
  const text = fc.oneof(
    fc.constantFrom('', '/', 'a.json', 'b/', '..', '1', '-1', 'x'.repeat(1_100)),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const names = fc.constantFrom(
    'prefix',
    'delimiter',
    'marker',
    'start-after',
    'continuation-token',
    'max-keys',
    'list-type',
    'encoding-type',
    'fetch-owner',
    'partNumber',
    'response-content-type',
    'acl',
    'location',
  );
  const requests = fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'DELETE', 'PUT', 'POST', 'GET', 'GET'),
    path: fc
      .tuple(fc.constantFrom(bucket, bucket, 'other', 'UP', ''), text)
      .map(([name, key]) => `/${name}/${encode(key)}`),
    query: fc.dictionary(names, text, { maxKeys: 4 }),
    headers: fc.dictionary(
      fc.constantFrom('range', 'if-range', 'if-match', 'if-none-match', 'if-modified-since'),
      fc.string({ maxLength: 12 }),
      { maxKeys: 2 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(requests, async ({ headers, ...plain }) => {
      const unsigned = { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
      const { method, url, headers: signed } = await sign({ ...plain, headers: unsigned }, { service: 's3' });
      const clean = Object.entries(headers).filter(([, value]) => /^[\x20-\x7e]*$/.test(value));
      const outgoing = request(`${endpoint}${url}`, {
        method,
        headers: { ...signed, ...Object.fromEntries(clean) },
      }).end();
      const [answer] = await once(outgoing, 'response');
      answer.resume();
      await once(answer, 'end');
      assert.ok(answer.statusCode < 500 || answer.statusCode === 501, `${answer.statusCode} for ${method} ${url}`);
      if (answer.statusCode >= 400 && method !== 'HEAD')
        assert.equal(answer.headers['content-type'], 'application/xml');
    }),
    { numRuns: 150 },
  );
  assert.deepEqual(
    log.filter((line) => JSON.parse(line).level > 30),
    [],
  );
});

test('a reader who goes away in the middle leaves no open file', async (t) => {
  const { client, store, log } = await startS3Server(t);
  const key = 'long.mp4';
  await store.put({ account, bucket, key }, { data: Buffer.alloc(50_000_000) });
  const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: key }), { expiresIn: 60 });
  const outgoing = request(url).end();
  const [answer] = await once(outgoing, 'response');
  await once(answer, 'data');
  assert.equal(await openFiles(key), 1);
  answer.destroy();
  await until(
    () => openFiles(key),
    (count) => count === 0,
  );
  assert.deepEqual(
    log.filter((line) => JSON.parse(line).level > 30),
    [],
  );
});

/** How many files of this name the process has open. */
async function openFiles(name: string): Promise<number> {
  const folder = '/proc/self/fd';
  const targets = await Promise.all((await readdir(folder)).map((fd) => readlink(join(folder, fd)).catch(() => '')));
  return targets.filter((target) => target.endsWith(`/${name}`)).length;
}

test('each kind of request needs its own permission, for its own bucket and key', async (t) => {
  const Key = segment;
  const requests: [action: string, resource: string, send: (client: S3Server['client']) => Promise<unknown>][] = [
    ['s3:ListAllMyBuckets', '*', (client) => client.send(new ListBucketsCommand())],
    [
      's3:GetBucketLocation',
      `arn:aws:s3:::${bucket}`,
      (client) => client.send(new GetBucketLocationCommand({ Bucket })),
    ],
    ['s3:ListBucket', `arn:aws:s3:::${bucket}`, (client) => client.send(new ListObjectsV2Command({ Bucket }))],
    ['s3:ListBucket', `arn:aws:s3:::${bucket}`, (client) => client.send(new HeadBucketCommand({ Bucket }))],
    ['s3:GetObject', `arn:aws:s3:::${bucket}/${Key}`, (client) => client.send(new GetObjectCommand({ Bucket, Key }))],
    ['s3:GetObject', `arn:aws:s3:::${bucket}/${Key}`, (client) => client.send(new HeadObjectCommand({ Bucket, Key }))],
    [
      's3:DeleteObject',
      `arn:aws:s3:::${bucket}/${Key}`,
      (client) => client.send(new DeleteObjectCommand({ Bucket, Key })),
    ],
  ];
  for (const [Action, Resource, send] of requests) {
    const allow = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
    const allowed = await startS3Server(t, permissionsBy({ ...allow, Action, Resource }));
    const denied = await startS3Server(t, permissionsBy([allow, { Effect: 'Deny', Action, Resource }]));
    for (const { store } of [allowed, denied]) await store.put({ account, bucket, key: Key }, { data: bytes });
    await send(allowed.client);
    await assert.rejects(send(denied.client), (error: { $metadata: { httpStatusCode: number }; message: string }) => {
      assert.equal(error.$metadata.httpStatusCode, 403);
      // What is asked by HEAD is answered without words.
      assert.match(error.message, /^(Unknown.*|User: .* is not authorized to perform: .* with an explicit deny.*)$/);
      return true;
    });
  }
});

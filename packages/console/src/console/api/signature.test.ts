import assert from 'node:assert/strict';
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import { presign, signRequest } from './signature.ts';

const key = { accessKeyId: 'PRSCEXAMPLE', secretAccessKey: 'a+secret/with=signs' };
const now = new Date('2026-11-22T07:08:09.123Z');

/** What the SDK hashes with. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

function oracle(service: 'ivs' | 's3') {
  return new SignatureV4({
    credentials: key,
    region: 'us-west-2',
    service,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
    applyChecksum: false,
  });
}

function plain(url: URL, method: string, body?: string, headers: Record<string, string> = {}) {
  const query: Record<string, string> = Object.fromEntries(url.searchParams);
  const { protocol, hostname, pathname: path } = url;
  return {
    protocol,
    hostname,
    port: Number(url.port),
    path,
    query,
    method,
    headers: { ...headers, host: url.host },
    body,
  };
}

for (const [what, method, address, body] of [
  ['a call of the API', 'POST', 'http://127.0.0.1:7080/ListStages', '{"maxResults":5}'],
  ['a name with letters of elsewhere', 'POST', 'http://127.0.0.1:7080/CreateStage', '{"name":"Zürich ✓"}'],
  [
    'a path that is encoded already',
    'DELETE',
    'https://stages.example.com/tags/arn%3Aaws%3Aivs%3Aus-west-2%3A123456789012%3Astage%2Fabc?tagKeys=a%20b%27s',
    undefined,
  ],
  ['parameters', 'GET', 'http://127.0.0.1:7080/proscenium/events/dead-letters?target=hook&maxResults=10', undefined],
] as const) {
  test(`signs ${what} as the SDK does`, async () => {
    const url = new URL(address);
    const headers = { 'content-type': 'application/json' };
    const expected = await oracle('ivs').sign(plain(url, method, body, headers), { signingDate: now });
    const signed = signRequest({ method, url, headers, ...(body && { body }) }, key, {
      region: 'us-west-2',
      service: 'ivs',
      now,
    });
    assert.equal(signed.authorization, expected.headers.authorization);
    assert.equal(signed['x-amz-date'], expected.headers['x-amz-date']);
  });
}

test('presigns an object as the SDK does', async () => {
  const url = new URL('http://127.0.0.1:7080/recordings/ivs/v1/a%20b/it%27s/media.m3u8?x-id=GetObject');
  const expected = await oracle('s3').presign(
    { ...plain(url, 'GET'), headers: { host: url.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
    {
      signingDate: now,
      expiresIn: 900,
      unhoistableHeaders: new Set(['x-amz-content-sha256']),
      unsignableHeaders: new Set(['x-amz-content-sha256']),
    },
  );
  const signed = presign(url, key, { region: 'us-west-2', service: 's3', now }, 900);
  assert.equal(new URL(signed).searchParams.get('X-Amz-Signature'), expected.query?.['X-Amz-Signature']);
});

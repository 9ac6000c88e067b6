import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { createSendAsset } from './send-asset.ts';

const consoleFolder = path.join(import.meta.dirname, '../../../console');

before(() => {
  if (!existsSync(path.join(consoleFolder, 'dist/console.html.br'))) {
    execFileSync(process.execPath, ['build.ts'], { cwd: consoleFolder });
  }
});

async function get(url: string, headers: Record<string, string> = {}) {
  const sendAsset = createSendAsset(() => 'https://stages.example.com');
  const app = Fastify();
  app.get('/*', (request, reply) => sendAsset(request, reply, request.url));
  const answer = await app.inject({ url, headers });
  await app.close();
  return answer;
}

/** The policy of a page by its directives. */
function directives(header: unknown): Record<string, string> {
  return Object.fromEntries(
    String(header)
      .split('; ')
      .map((each) => {
        const [name = '', ...values] = each.split(' ');
        return [name, values.join(' ')];
      }),
  );
}

test('pages, scripts and styles come with a policy that lets in nothing but the server’s own', async () => {
  for (const url of ['/', '/try', '/console', '/channel', '/assets/console.js', '/assets/console-style.css']) {
    const { statusCode, headers } = await get(url);
    assert.equal(statusCode, 200, url);
    assert.deepEqual(directives(headers['content-security-policy']), {
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'worker-src': "'self'",
      'img-src': "'self'",
      'media-src': "'self' blob:",
      'connect-src': "'self' https://stages.example.com wss://stages.example.com",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.match(String(headers['permissions-policy']), /camera=\(self\).*geolocation=\(\)/);
  }
});

test('a browser gets the form that it takes, which is the same content', async () => {
  const plain = await get('/assets/console.js');
  const brotli = await get('/assets/console.js', { 'accept-encoding': 'gzip, deflate, br' });
  const gzip = await get('/assets/console.js', { 'accept-encoding': 'gzip' });
  assert.deepEqual(
    [plain, brotli, gzip].map(({ headers }) => headers['content-encoding']),
    [undefined, 'br', 'gzip'],
  );
  assert.deepEqual(brotliDecompressSync(brotli.rawPayload), plain.rawPayload);
  assert.deepEqual(gunzipSync(gzip.rawPayload), plain.rawPayload);
  for (const { headers } of [plain, brotli, gzip]) {
    assert.equal(headers['content-type'], 'text/javascript; charset=utf-8');
    assert.equal(headers.vary, 'Accept-Encoding');
  }
  assert.equal(new Set([plain, brotli, gzip].map(({ headers }) => headers.etag)).size, 3);
});

test('what a browser has already is not sent again', async () => {
  const first = await get('/console');
  assert.equal(first.headers['cache-control'], 'no-cache');
  const again = await get('/console', { 'if-none-match': `"another", W/${first.headers.etag}` });
  assert.deepEqual([again.statusCode, again.body], [304, '']);
  assert.equal(again.headers.etag, first.headers.etag);
  assert.equal((await get('/console', { 'if-none-match': '"another"' })).statusCode, 200);
});

test('pieces whose name tells their content are kept for good', async () => {
  const script = (await get('/assets/console.js')).body;
  const [piece] = /[\w-]+-[A-Z0-9]{8}\.js/.exec(script) ?? [];
  const answer = await get(`/assets/${piece}`);
  assert.equal(answer.statusCode, 200);
  assert.match(String(answer.headers['cache-control']), /immutable/);
});

test('what is not there is not kept', async () => {
  const answer = await get('/assets/nothing-ABCD1234.js', { 'accept-encoding': 'br' });
  assert.equal(answer.statusCode, 404);
  assert.equal(answer.headers['cache-control'], undefined);
});

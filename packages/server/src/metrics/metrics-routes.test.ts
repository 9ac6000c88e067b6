import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import Fastify from 'fastify';
import { type MetricsReaders, metricsRoutes } from './metrics-routes.ts';

const bearerToken = 'a-token-of-the-tests-that-is-long';

async function serve(t: TestContext, readers: MetricsReaders) {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(metricsRoutes, { hosts: ['stages.example.com'], readers, collect: async () => [] });
  return async (headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') => {
    const answer = await app.inject({
      url: '/metrics',
      headers: { host: 'stages.example.com', ...headers },
      remoteAddress,
    });
    return { status: answer.statusCode, type: answer.headers['content-type'], body: answer.body };
  };
}

test('without settings this machine alone may read', async (t) => {
  const get = await serve(t, 'loopback');
  assert.deepEqual(await get(), {
    status: 200,
    type: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
    body: '# EOF\n',
  });
  assert.equal((await get({}, '192.0.2.7')).status, 403);
  assert.equal((await get({ 'x-forwarded-for': '127.0.0.1' })).status, 403);
  assert.equal((await get({ host: 'rebound.example.org' })).status, 421);
});

test('behind a public address not even this machine may read without a token', async (t) => {
  const get = await serve(t, 'nobody');
  const { status, body } = await get();
  assert.equal(status, 403);
  assert.match(body, /metrics\.bearerToken/);
});

test('with a token whoever has it may read, from wherever, and nobody else', async (t) => {
  const get = await serve(t, { bearerToken });
  assert.equal((await get({ authorization: `Bearer ${bearerToken}` }, '192.0.2.7')).status, 200);
  for (const authorization of ['', 'Bearer', `Bearer ${bearerToken}x`, `Basic ${bearerToken}`, bearerToken]) {
    const { status, body } = await get({ authorization });
    assert.equal(status, 401, authorization);
    assert.ok(!body.includes(bearerToken));
  }
});

test('at an address of their own everybody who reaches it may read', async (t) => {
  const get = await serve(t, 'everybody');
  assert.equal((await get({}, '192.0.2.7')).status, 200);
});

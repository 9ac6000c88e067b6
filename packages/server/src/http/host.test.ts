import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import Fastify from 'fastify';
import { hostCheck, isAcceptedHost } from './host.ts';

describe('A host', () => {
  const hosts = ['localhost', 'Stages.Example'];

  test('is accepted when its name is one of those that are accepted, on any port', () => {
    for (const host of ['localhost', 'LOCALHOST:1', 'stages.example:65535'])
      assert.ok(isAcceptedHost(host, hosts), host);
  });

  test('is accepted when it is an IP address, which no name server can turn elsewhere', () => {
    for (const host of ['127.0.0.1', '10.1.2.3:80', '[::1]', '[2001:db8::1]:80'])
      assert.ok(isAcceptedHost(host, []), host);
  });

  test('is refused when it is another name, or none', () => {
    const names = [
      undefined,
      '',
      ':80',
      'rebound.example',
      'localhost.rebound.example',
      'sub.localhost',
      'localhost:port',
      'localhost:1:2',
      'user@localhost',
      'localhost/',
      'localhost, rebound.example',
      '127.0.0.1.rebound.example',
      '127.1',
      '[localhost]',
      '[127.0.0.1]',
      '::1',
    ];
    for (const host of names) assert.ok(!isAcceptedHost(host, hosts), String(host));
  });

  test('is checked by a hook for other routes, which answers 421', async (t) => {
    const fastify = Fastify();
    t.after(() => fastify.close());
    fastify.addHook('onRequest', hostCheck(hosts));
    fastify.get('/', async () => 'page');
    const refused = await fastify.inject({ url: '/', headers: { host: 'rebound.example' } });
    assert.equal(refused.statusCode, 421);
    assert.ok(!refused.body.includes('page'));
    assert.equal((await fastify.inject({ url: '/', headers: { host: 'localhost:80' } })).body, 'page');
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createWhipResource } from './whip-resource.ts';

async function post(t: TestContext, listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return createWhipResource(`http://127.0.0.1:${port}/`, 'token', 'v=0', new AbortController().signal);
}

test('an answer is read whole, whatever pieces it comes in', async (t) => {
  const { answer, url } = await post(t, (_request, response) => {
    const text = Buffer.from('s=é');
    response.writeHead(201, { location: '/resource' });
    response.write(text.subarray(0, 3));
    setImmediate(() => response.end(text.subarray(3)));
  });
  assert.equal(answer, 's=é');
  assert.equal(new URL(url ?? '').pathname, '/resource');
});

test('an answer without an end is not waited for', async (t) => {
  const attempt = post(t, (_request, response) => {
    response.writeHead(201);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      response.once('drain', more);
    };
    more();
  });
  await assert.rejects(attempt, { name: 'WhipRefusal', message: 'no answer to the offer' });
});

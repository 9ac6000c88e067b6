import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { sign } from '../identity/signer.fixture.ts';
import { createStageRequest, fixedClock, startApiServer } from './api-server.fixture.ts';
import { exchange, head } from './raw-client.fixture.ts';

const signed = (body = '{}') => sign({ ...createStageRequest, body }, { signingDate: fixedClock.now() });

describe('A client', () => {
  test('that stops in the middle of its body is let go in time, with 408', async (t) => {
    const server = await startApiServer(t, { requestTimeoutMs: 1_800 });
    const text = await exchange(t, server, `${head(await signed(), { 'content-length': '1000' })}{"name":`);
    assert.match(text, /^HTTP\/1\.1 408 /);
    assert.match(text, /x-amzn-ErrorType: RequestTimeoutException/i);
    assert.match(text, /\r\ndate: /i);
    assert.deepEqual(server.calls, []);
    assert.equal((await server.call({})).status, 200);
  });

  test('that stops in the middle of its headers is let go in time, with 408', async (t) => {
    const server = await startApiServer(t, { requestTimeoutMs: 1_800 });
    assert.match(await exchange(t, server, 'POST /CreateStage HTTP/1.1\r\nhost: localhost\r\n'), /^HTTP\/1\.1 408 /);
  });

  test('that goes away in the middle of its body leaves nothing behind', async (t) => {
    const server = await startApiServer(t);
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`${head(await signed(), { 'content-length': '1000' })}{"name":`);
    const [incoming] = await once(server.fastify.server, 'request');
    socket.destroy();
    await new Promise((resolve) => incoming.once('close', resolve));
    assert.deepEqual(server.calls, []);
    assert.deepEqual(
      server.log.filter((line) => JSON.parse(line).level >= 50),
      [],
    );
    assert.equal((await server.call({})).status, 200);
  });

  test('that sends more than the limit is told so, whether it said how much or not', async (t) => {
    const server = await startApiServer(t, { bodyLimitBytes: 100 });
    const limit = '{"name":"a"}'.padEnd(100);
    assert.equal((await server.call({ body: limit })).status, 200);
    const announced = await server.call({ body: `${limit} ` });
    assert.equal(announced.status, 413);
    assert.equal(announced.headers['x-amzn-errortype'], 'RequestEntityTooLargeException');
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    const more = { 'transfer-encoding': 'chunked', connection: 'close' };
    const chunked = await exchange(t, server, `${head(await signed(), more)}${chunk(limit)}${chunk(limit)}0\r\n\r\n`);
    assert.match(chunked, /^HTTP\/1\.1 413 /);
    assert.match(chunked, /x-amzn-errortype: RequestEntityTooLargeException/);
    assert.equal(server.calls.length, 1);
  });

  test('that announces more than the limit gets its answer before it sends anything', async (t) => {
    const server = await startApiServer(t, { bodyLimitBytes: 100, requestTimeoutMs: 1_800 });
    const text = await exchange(t, server, head(await signed(), { 'content-length': '1000000000' }));
    assert.match(text, /^HTTP\/1\.1 413 /);
  });

  test('gets the limit of one mebibyte to use in full', async (t) => {
    const server = await startApiServer(t);
    assert.equal((await server.call({ body: '{}'.padEnd(1_048_576) })).status, 200);
    assert.equal((await server.call({ body: '{}'.padEnd(1_048_577) })).status, 413);
  });

  test('may send its body in pieces', async (t) => {
    const server = await startApiServer(t);
    const body = '{"name":"in-pieces"}';
    const more = { 'transfer-encoding': 'chunked', connection: 'close' };
    const chunks = [...body].map((character) => `1\r\n${character}\r\n`).join('');
    assert.match(await exchange(t, server, `${head(await signed(body), more)}${chunks}0\r\n\r\n`), /^HTTP\/1\.1 200 /);
    assert.deepEqual(server.calls[0]?.request, { name: 'in-pieces' });
  });

  test('that does not speak HTTP is refused', async (t) => {
    const server = await startApiServer(t);
    assert.match(await exchange(t, server, '\x16\x03\x01 hello\r\n\r\n'), /^HTTP\/1\.1 400 /);
  });
});

test('Many calls at once each get their own answer', async (t) => {
  const { call } = await startApiServer(t);
  const names = Array.from({ length: 200 }, (_, index) => `stage-${index}`);
  const answers = await Promise.all(names.map((name) => call({ body: JSON.stringify({ name }) })));
  const answered = answers.map((answer) => (answer.json() as { stage: { name: string } }).stage.name);
  assert.deepEqual(answered, names);
});

test('A failure outside the API is logged, without the URL of the request', async (t) => {
  const { send, log } = await startApiServer(t, {
    addRoutes(fastify) {
      fastify.get('/page', async () => {
        throw new Error('The page is broken');
      });
    },
  });
  const url = '/page?X-Amz-Signature=secret';
  const answer = await send({ method: 'GET', url, headers: { host: 'localhost' }, body: Buffer.alloc(0) });
  assert.equal(answer.status, 500);
  assert.match(log.join(''), /The page is broken/);
  assert.doesNotMatch(log.join(''), /secret/);
});

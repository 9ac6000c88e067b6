import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { sign } from '../identity/signer.fixture.ts';
import { createStageRequest, fixedClock, startApiServer } from './api-server.fixture.ts';
import { exchange, head } from './raw-client.fixture.ts';

const body = '{"name":"raw"}';
const signed = await sign({ ...createStageRequest, body }, { signingDate: fixedClock.now() });
const length = { 'content-length': String(body.length) };
const chunked = { 'transfer-encoding': 'chunked' };
const close = { connection: 'close' };
/** The body as one chunk, and the end. */
const oneChunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** A request with another request line or other headers, whole otherwise. */
const whole = (more: Record<string, string>, version?: string) =>
  head(signed, { ...length, ...close, ...more }, version) + body;
const unsigned = (line: string, ...headers: string[]) =>
  `${[line, 'host: localhost', 'connection: close', ...headers].join('\r\n')}\r\n\r\n`;

const statusLines = (text: string) => text.match(/HTTP\/1\.1 \d+/g);

/** One answer, an error of the API, and nothing that would not be there in any other. */
function isError(text: string, status: number, name: string): void {
  const [first = '', content = ''] = text.split('\r\n\r\n');
  const headers = new Map(first.split('\r\n').map((line) => [line.split(': ')[0]?.toLowerCase(), line.split(': ')[1]]));
  assert.deepEqual(statusLines(text), [`HTTP/1.1 ${status}`]);
  assert.equal(headers.get('x-amzn-errortype'), name);
  assert.equal(headers.get('content-type'), 'application/json');
  assert.equal(headers.get('content-length'), String(content.length));
  assert.equal(headers.get('date'), 'Sat, 21 Nov 2026 12:00:00 GMT');
  assert.match(String(headers.get('x-amzn-requestid')), /^[0-9a-f-]{36}$/);
  assert.equal(headers.get('x-frame-options'), 'DENY');
  assert.equal(headers.get('access-control-allow-origin'), '*');
  assert.ok(JSON.parse(content).message);
}

/** What must be refused before there is a request to speak of, by what is wrong. */
const unreadable: Record<string, string | Uint8Array> = {
  'both ways to say how long the body is': head(signed, { ...length, ...chunked }) + oneChunk,
  'two lengths': head(signed, { ...length, 'Content-Length': '3' }) + body,
  'a negative length': head(signed, { 'content-length': '-1' }) + body,
  'a length with a sign': head(signed, { 'content-length': `+${body.length}` }) + body,
  'a length beyond all numbers': head(signed, { 'content-length': '9'.repeat(30) }) + body,
  'chunks that are not the last coding': head(signed, { 'transfer-encoding': 'chunked, identity' }) + oneChunk,
  'an unknown transfer coding': head(signed, { 'transfer-encoding': 'xchunked' }) + oneChunk,
  'a space before the colon': head(signed, { 'transfer-encoding ': 'chunked' }) + oneChunk,
  'a chunk without a size': `${head(signed, chunked)}zz\r\n${body}\r\n0\r\n\r\n`,
  'a chunk of a negative size': `${head(signed, chunked)}-1\r\n${body}\r\n0\r\n\r\n`,
  'a chunk that is longer than it says': `${head(signed, chunked)}5\r\n${body}\r\n0\r\n\r\n`,
  'a chunk beyond all numbers': `${head(signed, chunked)}${'f'.repeat(17)}\r\n${body}\r\n0\r\n\r\n`,
  'a chunk with extensions without end': `${head(signed, chunked)}e;${'a=b;'.repeat(20_000)}\r\n${body}\r\n0\r\n\r\n`,
  'lines that end in line feeds': unsigned('POST /CreateStage HTTP/1.1').replaceAll('\r', ''),
  'a header of several lines': unsigned('POST /CreateStage HTTP/1.1', 'x-note: a', ' b'),
  'a lonely carriage return': unsigned('POST /CreateStage HTTP/1.1', 'x-note: a\rb: c'),
  'a zero byte in a header': unsigned('POST /CreateStage HTTP/1.1', 'x-note: a\0b'),
  'a header without a colon': unsigned('POST /CreateStage HTTP/1.1', 'nonsense'),
  'a space in the path': unsigned('POST /Create Stage HTTP/1.1'),
  'a control character in the path': unsigned('POST /Create\x01Stage HTTP/1.1'),
  'a path that is not percent-encoded': unsigned('POST /CréateStage HTTP/1.1'),
  'a path without its slash': unsigned('POST CreateStage HTTP/1.1'),
  'a method that there is not': unsigned('BREW /CreateStage HTTP/1.1'),
  'a tunnel': unsigned('CONNECT localhost:80 HTTP/1.1'),
  'the beginning of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a version to come': whole({}, '3.0'),
  'the beginning of TLS': Buffer.from('16030100c8010000c40303', 'hex'),
};

describe('A request is refused, and nothing else comes of it, for', () => {
  for (const [fault, sent] of Object.entries(unreadable)) {
    test(fault, async (t) => {
      const server = await startApiServer(t);
      isError(await exchange(t, server, sent), 400, 'MalformedHttpRequestException');
      assert.deepEqual(server.calls, []);
      assert.deepEqual(
        server.log.filter((line) => JSON.parse(line).level >= 50),
        [],
      );
      assert.equal((await server.call({})).status, 200);
    });
  }
});

describe('A flood', () => {
  const many = (count: number, line: string) => Array.from({ length: count }, () => line);
  const floods = {
    'of headers': unsigned('POST /CreateStage HTTP/1.1', ...many(100_000, 'x-note: a')),
    'of short headers': unsigned('POST /CreateStage HTTP/1.1', ...many(5_000, 'a:')),
    'in one header': unsigned('POST /CreateStage HTTP/1.1', `x-note: ${'a'.repeat(2_000_000)}`),
    'in the path': unsigned(`POST /${'a'.repeat(2_000_000)} HTTP/1.1`),
    'after the last chunk': `${head(signed, chunked)}${oneChunk.trimEnd()}\r\n${'x-note: a\r\n'.repeat(100_000)}\r\n`,
  };
  for (const [kind, sent] of Object.entries(floods)) {
    test(`${kind} is cut off with an answer that arrives`, async (t) => {
      const server = await startApiServer(t);
      isError(await exchange(t, server, sent), 431, 'MalformedHttpRequestException');
      assert.equal((await server.call({})).status, 200);
    });
  }

  test('that goes on after its answer is cut off', async (t) => {
    const server = await startApiServer(t);
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    const goOn = () => {
      while (socket.writable && socket.write('x-note: a\r\n'.repeat(1_000)));
    };
    socket.on('drain', goOn);
    socket.write('POST /CreateStage HTTP/1.1\r\n');
    goOn();
    await new Promise((resolve) => socket.once('close', resolve));
    assert.equal((await server.call({})).status, 200);
  });
});

describe('A request that is only unusual is answered like any other', () => {
  const unusual = {
    'of HTTP/1.0': head(signed, length, '1.0') + body,
    'that names scheme and host before the path': whole({}).replace(' /', ' HTTP://localhost/'),
    'after empty lines': `\r\n\r\n${whole({})}`,
    'with a trailer': head(signed, { ...chunked, ...close }) + oneChunk.replace(/\r\n$/, 'x-note: a\r\n\r\n'),
    'that expects what nobody knows': whole({ expect: 'more' }),
    'that wishes for HTTP/2': whole({ upgrade: 'h2c', connection: 'upgrade, close' }),
    'that wishes for a WebSocket': whole({ upgrade: 'websocket', connection: 'upgrade, close' }),
  };
  for (const [kind, sent] of Object.entries(unusual)) {
    test(kind, async (t) => {
      const server = await startApiServer(t);
      assert.deepEqual(statusLines(await exchange(t, server, sent)), ['HTTP/1.1 200']);
      assert.deepEqual(
        server.calls.map(({ request }) => request),
        [{ name: 'raw' }],
      );
    });
  }

  test('that waits to be told to go on', async (t) => {
    const server = await startApiServer(t);
    const answer = await exchange(t, server, whole({ expect: '100-continue' }));
    assert.deepEqual(statusLines(answer), ['HTTP/1.1 100', 'HTTP/1.1 200']);
  });

  test('in a crowd on one connection, each in its turn', async (t) => {
    const server = await startApiServer(t);
    const first = head(signed, length) + body;
    const tooLarge = head(signed, { 'content-length': '1048577' }) + 'x'.repeat(1_048_577);
    const answer = await exchange(
      t,
      server,
      first + unsigned('POST /Nowhere HTTP/1.1').replace('close', 'keep-alive') + tooLarge + whole({}),
    );
    assert.deepEqual(statusLines(answer), ['HTTP/1.1 200', 'HTTP/1.1 403', 'HTTP/1.1 413', 'HTTP/1.1 200']);
    assert.equal(server.calls.length, 2);
  });
});

describe('A host', () => {
  test('that is missing is a fault of the request, and so are two', async (t) => {
    const server = await startApiServer(t);
    const missing = ['1.1', '1.0'].map((version) => `POST /CreateStage HTTP/${version}\r\nconnection: close\r\n\r\n`);
    for (const sent of [...missing, whole({ Host: 'localhost' }), whole({ HOST: 'rebound.example' })]) {
      isError(await exchange(t, server, sent), 400, 'MalformedHttpRequestException');
    }
    assert.deepEqual(server.calls, []);
  });

  test('before the path counts, and not the header', async (t) => {
    const server = await startApiServer(t);
    for (const host of ['rebound.example', '', 'localhost@rebound.example']) {
      const answer = await exchange(t, server, whole({}).replace(' /', ` http://${host}/`));
      isError(answer, 403, 'AccessDeniedException');
    }
    assert.deepEqual(server.calls, []);
  });
});

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { newTransactionId, STUN_TYPE, writeUnsignedMessage } from './message.ts';
import { StunConnection } from './stun-connection.ts';

const { signal: never } = new AbortController();

function request(): Buffer {
  return writeUnsignedMessage({
    type: STUN_TYPE.bindingRequest,
    transactionId: newTransactionId(),
    attributes: new Map(),
  });
}

function answerTo(message: Buffer): Buffer {
  const transactionId = message.subarray(8, 20);
  return writeUnsignedMessage({ type: STUN_TYPE.bindingResponse, transactionId, attributes: new Map() });
}

/** @param hear is called with each datagram, and what answers it */
async function listenUdp(t: TestContext, hear: (message: Buffer, answer: (data: Buffer) => void) => void) {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  t.after(() => socket.close());
  socket.on('message', (message, { port, address }) => hear(message, (data) => socket.send(data, port, address)));
  await once(socket, 'listening');
  return { transport: 'udp', host: '127.0.0.1', port: socket.address().port, framing: 'none' } as const;
}

async function listenTcp(t: TestContext, framing: 'rfc4571' | 'none', accept: (socket: Socket) => void) {
  const server = createServer((socket) => {
    t.after(() => socket.destroy());
    accept(socket);
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { transport: 'tcp', host: '127.0.0.1', port: address.port, framing } as const;
}

async function connect(
  t: TestContext,
  destination: Parameters<typeof StunConnection.open>[0],
): Promise<StunConnection> {
  const connection = await StunConnection.open(destination, never);
  t.after(() => connection.close());
  return connection;
}

describe('a connection for STUN', () => {
  test('repeats a datagram that was lost, and takes no other answer', async (t) => {
    let heard = 0;
    const destination = await listenUdp(t, (message, answer) => {
      heard += 1;
      if (heard === 1) return;
      answer(answerTo(request()));
      answer(Buffer.from('no STUN at all'));
      answer(answerTo(message));
    });
    const connection = await connect(t, destination);
    const others: Buffer[] = [];
    connection.on('indication', (message) => others.push(message));
    const question = request();
    assert.deepEqual(await connection.request(question, never), answerTo(question));
    assert.ok(heard >= 2);
    assert.ok(others.length >= 1);
  });

  test('tells at once when nobody listens there', async (t) => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    await once(socket, 'close');
    const connection = await connect(t, { transport: 'udp', host: '127.0.0.1', port, framing: 'none' });
    await assert.rejects(connection.request(request(), never), { code: 'ECONNREFUSED' });
  });

  test('gives up when it is told to', async (t) => {
    const stop = new AbortController();
    const connection = await connect(t, await listenUdp(t, () => stop.abort(new Error('enough'))));
    await assert.rejects(connection.request(request(), stop.signal), { name: 'AbortError' });
  });

  for (const framing of ['rfc4571', 'none'] as const) {
    test(`tells messages in a stream apart, however they are cut (${framing})`, async (t) => {
      const head = framing === 'none' ? 0 : 2;
      const destination = await listenTcp(t, framing, (socket) => {
        let rest = Buffer.alloc(0);
        socket.setNoDelay(true);
        socket.on('data', (data: Buffer) => {
          rest = Buffer.concat([rest, data]);
          if (rest.length < 2 * (head + request().length)) return;
          const questions = [rest.subarray(head, rest.length / 2), rest.subarray(rest.length / 2 + head)];
          const length = Buffer.of(0, request().length);
          const stream = Buffer.concat(
            questions.flatMap((question) => [...(head > 0 ? [length] : []), answerTo(question)]),
          );
          socket.write(stream.subarray(0, 25), () => socket.write(stream.subarray(25)));
        });
      });
      const connection = await connect(t, destination);
      const questions = [request(), request()];
      const answers = await Promise.all(questions.map((question) => connection.request(question, never)));
      assert.deepEqual(answers, questions.map(answerTo));
    });
  }

  test('fails when the other side closes it', async (t) => {
    const destination = await listenTcp(t, 'none', (socket) => socket.once('data', () => socket.end()));
    const connection = await connect(t, destination);
    await assert.rejects(connection.request(request(), never), /closed by the other side/);
  });
});

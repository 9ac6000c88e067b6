import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { on, once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ShapedRelay, startShapedRelay } from './shaped-relay.fixture.ts';

const GUARD_MS = 60_000;
/** First bytes by which packets are told apart (RFC 7983). */
const MEDIA = 128;
const CHECK = 0;
const PACKET_BYTES = 500;

describe('a shaped relay', { timeout: GUARD_MS }, () => {
  let server: Socket;
  let client: Socket;
  let relay: ShapedRelay;
  let arrivals: AsyncIterator<[Buffer]>;
  let send: (number: number, kind?: number) => void;

  beforeEach(async () => {
    server = createSocket('udp4').bind(0, '127.0.0.1');
    client = createSocket('udp4').bind(0, '127.0.0.1');
    await Promise.all([once(server, 'listening'), once(client, 'listening')]);
    relay = await startShapedRelay(server.address().port);
    arrivals = on(client, 'message') as AsyncIterator<[Buffer]>;
    const port = await knock();
    send = (number, kind = MEDIA) => {
      const packet = Buffer.alloc(PACKET_BYTES);
      packet[0] = kind;
      packet.writeUInt16BE(number, 1);
      server.send(packet, port, '127.0.0.1');
    };
  });
  afterEach(() => {
    relay.close();
    server.close();
    client.close();
  });

  /** Sends from the client to the server. @returns the port that the server sees */
  async function knock(): Promise<number> {
    client.send('hello', relay.port, '127.0.0.1');
    const [message, { port }] = await once(server, 'message');
    assert.equal(String(message), 'hello');
    return port;
  }

  async function receive(): Promise<number> {
    const { value } = await arrivals.next();
    return value[0].readUInt16BE(1);
  }

  /** Sends so many packets at once. @returns the numbers of those that arrive in order */
  async function pass(count: number, kind?: number): Promise<number[]> {
    for (let number = 0; number < count; number += 1) send(number, kind);
    // What comes last shows that the rest is there; a full queue may drop it.
    const last = setInterval(() => send(count, CHECK), 20);
    const received: number[] = [];
    try {
      for (let number = await receive(); number !== count; number = await receive()) received.push(number);
      return received;
    } finally {
      clearInterval(last);
    }
  }

  const all = (count: number) => Array.from({ length: count }, (_, number) => number);

  it('passes everything on, in order, until it is told otherwise', async () => {
    assert.deepEqual(await pass(50), all(50));
  });

  it('loses an even part of the media, and nothing else', async () => {
    relay.loss = 0.25;
    const received = await pass(48);
    assert.equal(received.length, 36);
    assert.ok(received.every((number, index) => number - (received[index - 1] ?? -1) <= 2));
    relay.loss = 1;
    assert.deepEqual(await pass(48, CHECK), all(48));
  });

  it('passes no more than its rate, queues a little and drops the rest, until it is widened', async () => {
    const packetsPerSecond = 100;
    relay.rateBps = packetsPerSecond * PACKET_BYTES * 8;
    const startedMs = performance.now();
    const received = await pass(100);
    const elapsedSeconds = (performance.now() - startedMs) / 1000;
    assert.deepEqual(received.slice(0, 20), all(20));
    assert.ok(received.length <= 2 + elapsedSeconds * packetsPerSecond, `${received.length} in ${elapsedSeconds} s`);
    relay.rateBps = Infinity;
    const widened = (await pass(48)).filter((number) => number < 48); // without what was sent last before
    assert.deepEqual(widened, all(48));
  });

  it('lets packets wait, and keeps their order', async () => {
    relay.delayMs = 50;
    const startedMs = performance.now();
    assert.deepEqual(await pass(20), all(20));
    assert.ok(performance.now() - startedMs >= 50);
  });

  it('lets packets overtake each other', async () => {
    relay.jitterMs = 200;
    for (const number of all(20)) send(number);
    const received: number[] = [];
    while (received.length < 20) received.push(await receive());
    assert.notDeepEqual(received, all(20));
    assert.deepEqual(
      received.toSorted((one, other) => one - other),
      all(20),
    );
  });

  it('has one timer, however much waits, and none once it is closed', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = timers();
    relay.delayMs = GUARD_MS;
    for (const number of all(50)) send(number);
    await knock(); // by then they are there
    assert.equal(timers(), before + 1);
    relay.close();
    assert.equal(timers(), before);
    relay = await startShapedRelay(server.address().port); // to be closed as ever
  });
});

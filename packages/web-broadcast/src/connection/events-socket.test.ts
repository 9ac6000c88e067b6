import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HandClock } from '../../test/hand-clock.ts';
import { StageServer } from '../../test/stage-server.ts';
import { createLogger } from '../logging.ts';
import { EventsSocket } from './events-socket.ts';
import { readParticipantToken } from './participant-token.ts';

describe('EventsSocket', { timeout: 120_000 }, () => {
  let server: StageServer;
  let clock: HandClock;
  let socket: EventsSocket;
  /** Repeats what the socket tells, so that a test can wait for it. */
  let told: EventEmitter;
  let lines: string[];

  beforeEach(async () => {
    server = await StageServer.start();
    clock = new HandClock();
    told = new EventEmitter();
    lines = [];
    socket = createSocket();
  });

  afterEach(async () => {
    socket.close();
    await server.stop();
  });

  function createSocket(): EventsSocket {
    const token = readParticipantToken(server.token('ann'), Date.now());
    const created = new EventsSocket({
      token: { present: token },
      clock,
      log: createLogger('silent', console),
      retry: { random: () => 1 },
    });
    const tell = (line: string) => {
      lines.push(line);
      told.emit(line);
    };
    created.on('connecting', () => tell('connecting'));
    created.on('connected', () => tell('connected'));
    created.on('lost', () => tell('lost'));
    created.on('message', ({ type }) => tell(type));
    created.on('ended', (end) => tell(`ended ${end.cause} ${end.cause === 'left' ? end.reason : end.code}`));
    return created;
  }

  async function connect(): Promise<void> {
    const connected = once(told, 'connected');
    socket.connect();
    await connected;
  }

  it('offers the token as sub-protocol and is connected when the server speaks', async () => {
    await connect();
    assert.deepEqual(lines.slice(0, 2), ['connecting', 'connected']);
    assert.equal((await server.message('PING')).participantId, 'ann');
  });

  it('hands messages on, also the one that connected it', async () => {
    const state = once(told, 'STAGE_STATE');
    socket.connect();
    await state;
    assert.ok(lines.indexOf('connected') < lines.indexOf('STAGE_STATE'));
  });

  it('tells a refusal, and does not connect again', async () => {
    server.refuseWith = 4009;
    const ended = once(told, 'ended refused 9');
    socket.connect();
    await ended;
    assert.deepEqual(lines, ['connecting', 'ended refused 9']);
    assert.equal(clock.planned, 0);
  });

  it('tells why it had to leave', async () => {
    await connect();
    const ended = once(told, 'ended left participant-disconnected');
    server.closeSocket('ann', 4100, 'participant-disconnected');
    await ended;
    assert.equal(clock.planned, 0);
  });

  it('connects again after a broken connection', async () => {
    await connect();
    const lost = once(told, 'lost');
    server.breakSocket('ann');
    await lost;
    const connected = once(told, 'connected');
    clock.advance(250);
    await connected;
    assert.equal(lines.filter((line) => line === 'connecting').length, 2);
  });

  it('waits longer after each failure and gives up when thirty seconds are over', async () => {
    await connect();
    server.refuseWith = 1001; // going away, whoever comes
    const startMs = clock.now();
    let lost = once(told, 'lost');
    const ended = once(told, 'ended refused 4');
    server.closeSocket('ann', 1001);
    const waits: number[] = [];
    while (await Promise.race([lost.then(() => true), ended.then(() => false)])) {
      const waitStartMs = clock.now();
      lost = once(told, 'lost');
      const attempt = once(told, 'connecting');
      while (!lines.includes('connecting', lines.lastIndexOf('lost'))) clock.advance(50);
      await attempt;
      waits.push(clock.now() - waitStartMs);
    }
    assert.deepEqual(waits.slice(0, 5), [250, 500, 1000, 2000, 4000]);
    assert.equal(clock.now() - startMs, 30_000);
    assert.equal(clock.planned, 0);
  });

  it('takes the connection as broken when pings are not answered', async () => {
    await connect();
    server.deaf = true;
    const lost = once(told, 'lost');
    clock.advance(16_000);
    await lost;
  });

  it('finds out sooner when something tells that the connection may be broken', async () => {
    await connect();
    server.deaf = true;
    const lost = once(told, 'lost');
    socket.hurry();
    socket.hurry();
    clock.advance(3_000);
    await lost;
  });

  it('names the same client whenever it connects', async () => {
    await connect();
    const lost = once(told, 'lost');
    server.breakSocket('ann');
    await lost;
    const connected = once(told, 'connected');
    socket.hurry();
    await connected;
    const [url = ''] = server.socketUrls;
    assert.match(url, /\?client=[\da-f]{32}$/);
    assert.deepEqual(server.socketUrls, [url, url]);
  });

  it('bears a long sleep of the machine when the server still answers', async () => {
    await connect();
    clock.sleep(3_600_000);
    const pong = once(told, 'PONG');
    socket.hurry();
    await pong;
    assert.ok(!lines.includes('lost'));
  });

  it('takes an attempt that nobody answers as failed', async () => {
    server.deaf = true;
    server.on('connected', () => server.members.clear());
    socket.on('connected', () => assert.fail('connected'));
    server.pushState = () => undefined;
    const opened = once(server, 'connected');
    socket.connect();
    await opened;
    const lost = once(told, 'lost');
    clock.advance(10_000);
    await lost;
  });

  it('tries at once when hurried', async () => {
    await connect();
    const lost = once(told, 'lost');
    server.breakSocket('ann');
    await lost;
    const connected = once(told, 'connected');
    socket.hurry();
    await connected;
  });

  it('says goodbye when leaving, and nothing happens after it', async () => {
    await connect();
    const disconnected = once(server, 'disconnected');
    socket.leave();
    await server.message('LEAVE');
    await disconnected;
    assert.equal(clock.planned, 0);
    assert.ok(!lines.some((line) => line === 'lost' || line.startsWith('ended')));
  });

  it('opens nothing when a listener leaves as it begins to connect, at first or again', async () => {
    socket.once('connecting', () => socket.leave());
    socket.connect();
    assert.equal(clock.planned, 0);

    const again = createSocket();
    const connected = once(told, 'connected');
    again.connect();
    await connected;
    again.once('connecting', () => again.leave());
    const lost = once(told, 'lost');
    server.breakSocket('ann');
    await lost;
    clock.advance(250);
    assert.equal(clock.planned, 0);
    assert.equal(server.socketUrls.length, 1);
  });

  it('passes over messages that it does not know', async () => {
    await connect();
    server.send('ann', 'WEATHER', { rain: true });
    const pong = once(told, 'PONG');
    socket.hurry();
    await pong;
    assert.ok(!lines.includes('WEATHER'));
  });
});

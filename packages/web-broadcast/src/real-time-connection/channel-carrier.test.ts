import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HandClock } from '../../test/hand-clock.ts';
import { StageServer } from '../../test/stage-server.ts';
import { EventsSocket } from '../connection/events-socket.ts';
import { readParticipantToken } from '../connection/participant-token.ts';
import { createLogger } from '../logging.ts';
import { ChannelCarrier } from './channel-carrier.ts';
import { readConnectionToken } from './connection-token.ts';

describe('ChannelCarrier', { timeout: 120_000 }, () => {
  let server: StageServer;
  let clock: HandClock;
  let carrier: ChannelCarrier;
  let sockets: EventsSocket[];
  /** Repeats what is told, so that a test can wait for it. */
  let told: EventEmitter;
  let lines: string[];

  const tell = (...words: unknown[]) => {
    const line = words.filter((word) => word !== undefined).join(' ');
    lines.push(line);
    told.emit(line);
  };

  beforeEach(async () => {
    server = await StageServer.start();
    clock = new HandClock();
    told = new EventEmitter();
    lines = [];
    sockets = [];
    carrier = createCarrier();
  });

  afterEach(async () => {
    carrier.disconnect();
    await server.stop();
  });

  function createCarrier(token = readConnectionToken(server.connectionToken(), Date.now())): ChannelCarrier {
    const onStateChanged = (state: string, error?: { code: number }) => tell(state, error?.code);
    return new ChannelCarrier({ token, clock, onStateChanged, retry: { random: () => 1 } });
  }

  /** The events socket of a participant on it, as a stage makes it. */
  function createSocket(name: string): EventsSocket {
    const token = readParticipantToken(server.token(name), Date.now());
    const log = createLogger('silent', console);
    const socket = new EventsSocket({ token: { present: token }, carrier, clock, log, retry: { random: () => 1 } });
    for (const event of ['connecting', 'connected', 'lost'] as const) socket.on(event, () => tell(name, event));
    socket.on('message', ({ type }) => tell(name, type));
    socket.on('ended', (end) => tell(name, end.cause, end.cause === 'left' ? end.reason : end.code));
    sockets.push(socket);
    return socket;
  }

  async function join(name: string): Promise<EventsSocket> {
    const socket = createSocket(name);
    const connected = once(told, `${name} connected`);
    socket.connect();
    await connected;
    return socket;
  }

  async function until(line: string, work: () => void): Promise<void> {
    const coming = once(told, line);
    work();
    await coming;
  }

  it('is opened ahead, at the address of its token', async () => {
    await until('connected', () => carrier.connect());
    carrier.connect();
    assert.deepEqual(lines, ['connecting', 'connected']);
    assert.deepEqual(server.socketUrls, ['/events']);
  });

  it('is opened by the first socket on it, and carries all of them', async () => {
    const both = Promise.all([once(told, 'ann STAGE_STATE'), once(told, 'bob STAGE_STATE')]);
    createSocket('ann').connect();
    createSocket('bob').connect();
    await both;
    assert.equal(server.socketUrls.length, 1);
    sockets[0]?.send({ type: 'MUTE', payload: { audioMuted: true, videoStopped: false } });
    assert.equal((await server.message('MUTE')).participantId, 'ann');
  });

  it('goes on with the others when one leaves', async () => {
    const ann = await join('ann');
    await join('bob');
    const gone = once(server, 'disconnected');
    ann.leave();
    assert.deepEqual(await gone, ['ann', 1000]);
    await until('bob PONG', () => sockets[1]?.send({ type: 'PING' }));
    assert.ok(!lines.some((line) => line.startsWith('ann left')));
    await until('ann connected', () => ann.connect());
  });

  it('ends one alone that the server ends or refuses', async () => {
    await join('ann');
    await join('bob');
    await until('ann left participant-disconnected', () => server.closeSocket('ann', 4100));
    await until('bob PONG', () => sockets[1]?.send({ type: 'PING' }));
  });

  it('has one alone tried again that the server lost', async () => {
    await join('ann');
    await join('bob');
    await until('ann lost', () => server.breakSocket('ann'));
    await until('ann connected', () => clock.advance(250));
    assert.ok(!lines.includes('bob lost'));
    assert.equal(server.socketUrls.length, 1);
  });

  it('takes an attempt that nobody answers as failed, and closes its channel', async () => {
    await until('connected', () => carrier.connect());
    server.pushState = () => {};
    const opened = once(server, 'connected');
    createSocket('ann').connect();
    await opened;
    const closed = once(server, 'disconnected');
    await until('ann lost', () => clock.advance(10_000));
    assert.deepEqual(await closed, ['ann', 1005]);
  });

  it('breaks with all of them, and all come back over the next one', async () => {
    await join('ann');
    await join('bob');
    await until('bob lost', () => server.carriers[0]?.terminate());
    assert.deepEqual(lines.slice(-3), ['connecting', 'ann lost', 'bob lost']);
    const back = Promise.all([once(told, 'ann connected'), once(told, 'bob connected')]);
    lines = [];
    clock.advance(250);
    await back;
    assert.deepEqual(
      lines.filter((line) => !line.includes('STATE')),
      ['ann connecting', 'bob connecting', 'connected', 'ann connected', 'bob connected'],
    );
  });

  it('has a heartbeat for all, and is broken when it is not answered', async () => {
    await join('ann');
    await join('bob');
    clock.advance(8_000);
    await once(told, 'bob lost', { signal: AbortSignal.timeout(500) }).catch(() => undefined);
    assert.ok(!server.messages.some(({ type }) => type === 'PING'), 'pings on a channel');
    server.deaf = true;
    await until('bob lost', () => clock.advance(16_000));
    assert.deepEqual(lines.slice(-3), ['connecting', 'ann lost', 'bob lost']);
  });

  it('finds out sooner when a stage hears nothing any more', async () => {
    const ann = await join('ann');
    server.deaf = true;
    ann.hurry();
    await until('ann lost', () => clock.advance(3_000));
  });

  it('does not have anybody wait who comes while it is broken', async () => {
    await join('ann');
    server.refuseWith = 1001;
    await until('ann lost', () => server.carriers[0]?.terminate());
    server.refuseWith = undefined;
    await join('bob');
  });

  it('leaves every stage when it is disconnected, those that are being joined again as well, and can be opened again', async () => {
    const ann = await join('ann');
    await join('bob');
    await until('bob lost', () => server.breakSocket('bob'));
    lines = [];
    const gone = once(server, 'disconnected');
    carrier.disconnect();
    assert.deepEqual(lines, [
      'disconnected',
      'ann left real-time-connection-forced-leave',
      'bob left real-time-connection-forced-leave',
    ]);
    await gone;
    assert.equal((await server.message('LEAVE')).participantId, 'ann');
    assert.equal(clock.planned, 0);
    await until('ann connected', () => ann.connect());
  });

  it('ends with all stages when its token is revoked', async () => {
    await join('ann');
    await until('ann left real-time-connection-token-revocation', () => server.carriers[0]?.close(4104));
    assert.ok(lines.includes('disconnected 4'));
    assert.equal(clock.planned, 0);
  });

  for (const [closeCode, code] of [
    [4053, 1053],
    [4054, 1054],
    [1008, 4],
  ] as const) {
    it(`tells ${code} when the server closes it with ${closeCode}, and whoever would join over it fails`, async () => {
      server.refuseWith = closeCode;
      await until('ann refused 4', () => createSocket('ann').connect());
      assert.ok(lines.includes(`disconnected ${code}`));
      assert.equal(clock.planned, 0);
    });
  }

  it('is not opened by a token that has expired meanwhile', async () => {
    carrier = createCarrier({ text: 'a.b.c', eventsUrl: server.origin, expiresAtMs: clock.now() + 1_000 });
    clock.advance(1_000);
    carrier.connect();
    assert.deepEqual(lines, ['disconnected 1054']);
    await until('ann refused 4', () => createSocket('ann').connect());
    assert.deepEqual(server.socketUrls, []);
  });

  it('gives up with all stages when thirty seconds are over', async () => {
    await join('ann');
    server.refuseWith = 1001;
    const ended = once(told, 'ann refused 4').then(() => true);
    server.carriers[0]?.terminate();
    while (!(await Promise.race([ended, new Promise((resolve) => setImmediate(resolve, false))]))) clock.advance(50);
    while (!lines.includes('disconnected 4')) {
      clock.advance(50);
      await new Promise(setImmediate);
    }
    assert.equal(clock.planned, 0);
  });
});

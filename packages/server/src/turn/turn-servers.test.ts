import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { HandClock } from '../hand-clock.fixture.ts';
import { type IceServers, iceServerLinks, TurnServers } from './turn-servers.ts';

const settings = { urls: ['turn:192.0.2.1', 'turns:192.0.2.1:443?transport=tcp'], secret: 'shared', ttlSeconds: 600 };
const expiry = Date.parse('2026-11-21T12:10:00Z') / 1_000;
// printf %s "$username" | openssl dgst -sha1 -hmac shared -binary | base64
const username = `${expiry}:abcdABCDefgh`;
const credential = 'cRV2RMbfuG+xBP3T71MHoaB0pUQ=';

function open() {
  const clock = new HandClock('2026-11-21T12:00:00Z');
  return { clock, turn: new TurnServers(settings, clock) };
}

/** What of an events socket is needed here. */
class Socket extends EventEmitter<{ closed: [] }> {
  readonly said: { type: string; payload: Omit<IceServers, 'expiresAt'> & { expiresAt: string } }[] = [];

  send(text: string): void {
    this.said.push(JSON.parse(text));
  }
}

test('credentials name their expiry and are signed with the shared secret', () => {
  const { iceServers, expiresAt } = open().turn.issue('abcdABCDefgh');
  assert.deepEqual(iceServers, [{ urls: settings.urls, username, credential }]);
  assert.equal(expiresAt.toISOString(), '2026-11-21T12:10:00.000Z');
});

test('links name each address with its credentials', () => {
  assert.deepEqual(
    iceServerLinks(open().turn.issue('abcdABCDefgh')),
    settings.urls.map(
      (url) =>
        `<${url}>; rel="ice-server"; username="${username}"; credential="${credential}"; credential-type="password"`,
    ),
  );
});

test('a client is told at once, again before each expiry, and no more when its socket is closed', () => {
  const { clock, turn } = open();
  const socket = new Socket();
  turn.accompany('abcdABCDefgh', socket as never);
  assert.equal(socket.said.length, 1);
  assert.equal(socket.said[0]?.type, 'ICE_SERVERS');
  assert.equal(socket.said[0]?.payload.expiresAt, '2026-11-21T12:10:00.000Z');

  clock.advance(600_000);
  assert.deepEqual(
    socket.said.map(({ payload }) => payload.expiresAt),
    ['2026-11-21T12:10:00.000Z', '2026-11-21T12:15:00.000Z', '2026-11-21T12:20:00.000Z'],
  );
  socket.emit('closed');
  assert.equal(clock.alarms, 0);
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { closeForLeft } from '../signalling/close-codes.ts';
import { RealTimeConnection } from '../signalling/real-time-connection.ts';
import { openWirePair, type WirePair } from '../signalling/socket-pair.fixture.ts';
import { readClientData } from './client-data.ts';
import { openStage } from './registry.fixture.ts';

const client = readClientData({});

/** Resolves when the server's end has heard it. */
async function say(webSocket: WirePair['client'], ...messages: object[]): Promise<void> {
  for (const message of messages) webSocket.send(JSON.stringify(message));
  webSocket.ping();
  await once(webSocket, 'pong');
}

/** What may happen to a join that is written down and is not done. */
const ends: Readonly<Record<string, (pair: WirePair, connection: RealTimeConnection) => Promise<void>>> = {
  unknown: async ({ wire, client: webSocket }) => {
    webSocket.terminate();
    await once(wire, 'closed');
  },
  'user-initiated': ({ client: webSocket }) =>
    say(webSocket, { type: 'LEAVE', channel: 1 }, { type: 'CLOSE', channel: 1 }),
  'real-time-connection-token-revocation': async (_pair, connection) => {
    connection.close(closeForLeft('real-time-connection-token-revocation'));
  },
};

for (const [reason, end] of Object.entries(ends)) {
  test(`who is gone before the join is done has left for the reason: ${reason}`, async (t) => {
    const admitting = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const admit = () => {
      admitting.resolve();
      return ended.promise;
    };
    const { registry, stage, claimsOf, events } = await openStage(t, { participantUpdates: true, admit });
    const pair = await openWirePair(t);
    const joined = Promise.withResolvers<void>();
    const connection = new RealTimeConnection({
      wire: pair.wire,
      key: 'a key',
      join: async (socket) => {
        await registry.stage(stage).connect(claimsOf('p-1'), client, socket);
        joined.resolve();
      },
    });
    connection.open();
    await say(pair.client, { type: 'JOIN', channel: 1, payload: { token: 'a token' } });
    await admitting.promise;
    await end(pair, connection);
    ended.resolve();
    await joined.promise;
    await registry.write(stage, async () => {});
    assert.deepEqual(
      events.map(({ detail }) => [detail.event_name, detail.left_reason]),
      [
        ['Participant Joined', undefined],
        ['Participant Left', reason],
      ],
    );
  });
}

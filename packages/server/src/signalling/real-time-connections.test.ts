import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { openControlPlane, scope } from '../control-plane.fixture.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import { readClientData } from '../participants/client-data.ts';
import { ConnectionRevocations } from '../tokens/connection-revocations.ts';
import { RealTimeConnections } from './real-time-connections.ts';
import { openWirePair, type WirePair } from './socket-pair.fixture.ts';

const client = readClientData({});
const claims = { scope, tokenId: 'phone-1', expiresAt: new Date('2026-11-22T20:00:00Z') };

/** Connections with one good token, over which nobody gets into a stage: the look at a participant token never ends. */
async function openConnections(t: TestContext, { revokedMeanwhile = false } = {}) {
  const { store, clock } = await openControlPlane(t);
  const revocations = new ConnectionRevocations({ store, clock });
  const joins: string[] = [];
  const never = (): never => {
    throw new Error('nobody gets so far');
  };
  const connections = new RealTimeConnections({
    logger: silentLogger,
    revocations,
    verify: async () => {
      if (revokedMeanwhile) await revocations.revoke(scope, claims.tokenId);
      return claims;
    },
    admission: {
      verify: (token) => {
        joins.push(token);
        return new Promise(() => {});
      },
      identify: never,
      admit: never,
    },
    registry: { stage: never, disconnectConnection: () => {} },
  });
  t.after(() => connections.close());
  return { connections, joins };
}

/** Says something of which the server's end knows when this resolves. */
async function say({ client: webSocket }: WirePair, message: object): Promise<void> {
  webSocket.send(JSON.stringify(message));
  webSocket.ping();
  await once(webSocket, 'pong');
}

test('a connection whose first words break the protocol is not kept', async (t) => {
  const { connections } = await openConnections(t);
  const pair = await openWirePair(t);
  await say(pair, {});
  await connections.accept(pair.wire, 'a token', client);
  assert.equal((await pair.closed).code, 1008);
  const closing = t.mock.method(pair.wire, 'close');
  connections.close();
  assert.equal(closing.mock.callCount(), 0, 'nobody knows it any more');
});

test('a client may say no more for the stages that it has not joined yet', async (t) => {
  const { connections, joins } = await openConnections(t);
  const pair = await openWirePair(t);
  await connections.accept(pair.wire, 'a token', client);
  const answered = new Promise<number>((resolve) => {
    let answers = 0;
    pair.client.on('message', (data) => {
      if (JSON.parse(data.toString()).type === 'PONG') answers += 1;
      if (answers === 500) resolve(answers);
    });
  });
  for (let channel = 0; channel < 32; channel += 1) {
    pair.client.send(JSON.stringify({ type: 'JOIN', channel, payload: { token: `token ${channel}` } }));
  }
  for (let count = 0; count < 500; count += 1) pair.client.send('{"type":"PING"}');
  assert.deepEqual(await Promise.race([pair.closed, answered]), { code: 1008, reason: 'too many messages' });
  assert.equal(joins.length, 32);
});

test('nobody joins by a token that is revoked while it is looked at', async (t) => {
  const { connections, joins } = await openConnections(t, { revokedMeanwhile: true });
  const pair = await openWirePair(t);
  const told: string[] = [];
  pair.client.on('message', (data) => told.push(data.toString()));
  await say(pair, { type: 'JOIN', channel: 1, payload: { token: 'a participant token' } });
  await connections.accept(pair.wire, 'a token', client);
  assert.deepEqual(await pair.closed, { code: 4104, reason: 'real-time-connection-token-revocation' });
  assert.deepEqual([told, joins], [[], []]);
});

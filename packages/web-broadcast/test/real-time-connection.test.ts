import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { RealTimeConnection } from '../src/index.ts';
import { useClient } from './client.ts';

declare global {
  /** In the page: the connection under test. */
  var connection: RealTimeConnection;
}

describe('RealTimeConnection', () => {
  const client = useClient();

  beforeEach(async () => {
    await client.page.evaluate((token) => {
      globalThis.connection = t.createConnection(token);
    }, client.server.connectionToken());
  });

  /** Makes the stage of a participant over the connection, and joins it. */
  async function join(participantId: string): Promise<void> {
    await client.page.evaluate(async (token) => {
      globalThis.stage = t.createStage(token, connection);
      await stage.join();
    }, client.server.token(participantId));
  }

  it('is thrown out of its constructor for a token that cannot be read or has expired', async () => {
    const expired = client.server.token('ann', { expiresInSeconds: -1 });
    const errors = await client.page.evaluate(
      (tokens) =>
        tokens.map((token) => {
          try {
            new t.RealTimeConnection(token);
            return undefined;
          } catch (error) {
            if (!(error instanceof t.RealTimeConnectionError && error instanceof t.Errors.RealTimeConnectionError))
              throw error;
            return [error.code, error.name, error instanceof Error];
          }
        }),
      ['no token', 'a.b.c', expired],
    );
    assert.deepEqual(errors, [
      [1053, 'RealTimeConnectionError', true],
      [1053, 'RealTimeConnectionError', true],
      [1054, 'RealTimeConnectionError', true],
    ]);
  });

  it('is opened by connect(), which may be passed on without it, and tells its states', async () => {
    await client.page.evaluate(() => {
      const { connect } = connection;
      connect();
      connect();
    });
    await client.until('connection-state connected');
    await client.page.evaluate(() => {
      const { disconnect } = connection;
      disconnect();
      disconnect();
    });
    assert.deepEqual(await client.lines(), [
      'connection-state connecting',
      'connection-state connected',
      'connection-state disconnected',
    ]);
    assert.deepEqual(client.server.socketUrls, ['/events']);
  });

  it('has the emitter of stages', async () => {
    const heard = await client.page.evaluate((token) => {
      const listener = () => {};
      const other = new t.RealTimeConnection(token);
      const before = other.hasListenersFor('stateChanged');
      other.on('stateChanged', listener);
      const between = other.hasListenersFor('stateChanged');
      other.off('stateChanged', listener);
      return [before, between, other.hasListenersFor('stateChanged')];
    }, client.server.connectionToken());
    assert.deepEqual(heard, [false, true, false]);
  });

  it('is what a stage asks for, and nothing else', async () => {
    const error = await client.page.evaluate((token) => {
      try {
        t.createStage(token, {} as RealTimeConnection);
        return undefined;
      } catch (thrown) {
        return thrown instanceof TypeError && thrown.message;
      }
    }, client.server.token('ann'));
    assert.equal(error, 'realTimeConnection is no RealTimeConnection');
  });

  it('is opened by the first stage that joins over it', async () => {
    await join('ann');
    assert.deepEqual(client.server.socketUrls, ['/events']);
    assert.equal((await client.server.message('CLIENT_INFO')).participantId, 'ann');
    assert.deepEqual((await client.lines()).slice(0, 4), [
      'connection connecting',
      'connection-state connecting',
      'connection-state connected',
      'connection connected',
    ]);
  });

  it('takes its stage along, which is told why: forced, or revoked', async () => {
    await join('ann');
    await client.page.evaluate(() => connection.disconnect());
    await client.until('left stage real-time-connection-forced-leave');
    await client.server.message('LEAVE');
    await client.clear();
    await client.page.evaluate(() => stage.join());
    client.server.carriers.at(-1)?.close(4104);
    await client.until('left stage real-time-connection-token-revocation');
    const lines = await client.lines();
    assert.ok(lines.includes('connection-state disconnected 4'));
    assert.ok(!lines.some((line) => line.startsWith('error')));
  });

  it('fails the join over it when it is refused', async () => {
    client.server.refuseWith = 4053;
    await assert.rejects(join('ann'), /the connection token is not taken/);
    await client.until('error JOIN_ERROR 4');
    assert.ok((await client.lines()).includes('connection-state disconnected 1053'));
  });
});

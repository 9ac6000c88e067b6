import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectEvents } from '../support/events-socket.ts';
import { childrenOf } from '../support/processes.ts';
import { startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

/** A server that needs no media worker. */
const withoutMedia = { PROSCENIUM_MEDIA_WORKERS: '0', PROSCENIUM_MEDIASOUP_WORKER: '/nowhere/mediasoup-worker' };

test('a server without media is ready, answers the API and lets participants join', async (t) => {
  const server = await startServer({ env: withoutMedia });
  t.after(() => server.stop());
  assert.deepEqual(server.announcement.media.ports, []);
  assert.equal((await fetch(`${server.endpoint}/readyz`)).status, 200);
  assert.deepEqual(await childrenOf(server.pid), new Map());

  const stage = await TestStage.create(server, ['alice']);
  const { token, participantId } = stage.invited('alice');
  const socket = await connectEvents(token);
  t.after(() => socket.close());
  const [alice] = await stage.participants(await stage.activeSessionId());
  assert.equal(alice?.participantId, participantId);
  assert.equal(alice?.state, 'CONNECTED');
});

test('a server without media answers publishing and subscribing with 503 and the reason', async (t) => {
  const server = await startServer({ env: withoutMedia });
  t.after(() => server.stop());
  const stage = await TestStage.create(server, ['alice', 'bob']);
  const { token } = stage.invited('alice');
  for (const url of [stage.whipUrl, stage.subscribeUrl(stage.invited('bob').participantId)]) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
    const answer = await fetch(url, { method: 'POST', headers, body: 'v=0\r\n' });
    assert.equal(answer.status, 503);
    const { message } = (await answer.json()) as { message: string };
    assert.equal(message, 'This server was started without media');
  }
});

test('a server whose media worker is missing does not start, and says what to do', async () => {
  const env = { PROSCENIUM_MEDIASOUP_WORKER: '/nowhere/mediasoup-worker' };
  await assert.rejects(startServer({ env }), ({ message }: Error) => {
    assert.match(message, /The media worker cannot be started: .*\/nowhere\/mediasoup-worker/);
    return true;
  });
});

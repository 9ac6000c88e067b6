import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { connectEvents } from '../support/events-socket.ts';
import { mediaWorker } from '../support/media-worker.ts';
import { childrenOf } from '../support/processes.ts';
import { startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

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

test('a server whose media worker died is not ready, says why, and comes back with the next worker', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-worker-'));
  t.after(() => rm(folder, { recursive: true }));
  const worker = path.join(folder, 'mediasoup-worker');
  await symlink(mediaWorker, worker);
  const server = await startServer({
    env: { PROSCENIUM_MEDIA_WORKERS: '1', PROSCENIUM_MEDIASOUP_WORKER: worker },
  });
  t.after(() => server.stop());
  const stage = await TestStage.create(server, ['alice']);

  await rm(worker); // no other one can be started
  for (const [pid, command] of await childrenOf(server.pid)) {
    if (command.startsWith(worker)) process.kill(pid, 'SIGKILL');
  }
  const readiness = () => fetch(`${server.endpoint}/readyz`);
  const unready = await until(readiness, ({ status }) => status !== 200);
  assert.equal(unready.status, 503);
  assert.deepEqual(await unready.json(), { status: 'unavailable', reason: 'no media worker is running' });
  assert.equal((await fetch(`${server.endpoint}/healthz`)).status, 200);
  const { token } = stage.invited('alice');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
  const answer = await fetch(stage.whipUrl, { method: 'POST', headers, body: 'v=0\r\n' });
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get('retry-after'), '1');
  assert.deepEqual(await answer.json(), { code: 4, message: 'No media worker is running' });

  await symlink(mediaWorker, worker);
  await until(readiness, ({ status }) => status === 200);
});

test('a server whose media worker is missing does not start, and says what to do', async () => {
  const env = { PROSCENIUM_MEDIASOUP_WORKER: '/nowhere/mediasoup-worker' };
  await assert.rejects(startServer({ env }), ({ message }: Error) => {
    assert.match(message, /The media worker cannot be started: .*\/nowhere\/mediasoup-worker/);
    return true;
  });
});

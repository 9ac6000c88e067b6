import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createDataFolder } from '../support/data-folder.ts';
import { connectEvents, type EventsSocket } from '../support/events-socket.ts';
import { childrenOf, untilGone } from '../support/processes.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { publishByFfmpeg } from '../support/whip-publisher.ts';

interface Busy {
  server: ServerProcess;
  stage: TestStage;
  sessionId: string;
  viewer: EventsSocket;
}

/** A server with a stage in which one participant watches and another one publishes. */
async function startBusyServer(t: TestContext, dataFolder: string): Promise<Busy> {
  const server = await startServer({ dataFolder });
  const stage = await TestStage.create(server, ['encoder', 'viewer']);
  const viewer = await connectEvents(stage.invited('viewer').token);
  const { token, participantId } = stage.invited('encoder');
  const publisher = publishByFfmpeg({ url: stage.whipUrl, token });
  t.after(() => publisher.kill());
  const sessionId = await stage.activeSessionId();
  await stage.untilEvent(sessionId, participantId, 'PUBLISH_STARTED');
  return { server, stage, sessionId, viewer };
}

/** What a server on the same data tells about those who were there. */
async function assertAllHaveLeft(stage: TestStage, sessionId: string): Promise<void> {
  assert.deepEqual(
    (await stage.participants(sessionId)).map(({ state, published }) => ({ state, published })),
    [
      { state: 'DISCONNECTED', published: true },
      { state: 'DISCONNECTED', published: false },
    ],
  );
  const names = async (userId: string) =>
    (await stage.events(sessionId, stage.invited(userId).participantId)).map(({ name }) => name);
  assert.deepEqual(await names('encoder'), ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT']);
  assert.deepEqual(await names('viewer'), ['JOINED', 'LEFT']);
}

test('SIGTERM lets everybody go, leaves the session to its linger time and no process behind', async (t) => {
  const dataFolder = await createDataFolder(t);
  const { server, stage, sessionId, viewer } = await startBusyServer(t, dataFolder);
  const children = await childrenOf(server.pid);
  assert.ok([...children.values()].some((command) => command.includes('mediasoup-worker')));

  const { afterMs } = await server.stop();
  t.diagnostic(`ended after ${afterMs} ms`);
  assert.equal((await viewer.closed).code, 1001);
  await untilGone(children);

  const next = await startServer({ dataFolder });
  t.after(() => next.stop());
  const sameStage = stage.on(next);
  await assertAllHaveLeft(sameStage, sessionId);
  assert.equal(await sameStage.activeSessionId(), sessionId);
  assert.deepEqual(
    (await sameStage.sessions()).map(({ sessionId, endTime }) => ({ sessionId, endTime })),
    [{ sessionId, endTime: undefined }],
  );
});

test('a session whose linger time passes while no server runs ends at the next start', async (t) => {
  const dataFolder = await createDataFolder(t);
  const { server, stage, sessionId } = await startBusyServer(t, dataFolder);
  await server.stop();
  const next = await startServer({ dataFolder, env: { PROSCENIUM_LIMITS_SESSION_LINGER_SECONDS: '0' } });
  t.after(() => next.stop());
  const sameStage = stage.on(next);
  const [session] = await sameStage.untilSessionEnds(sessionId);
  assert.ok(session?.endTime);
  assert.equal(await sameStage.activeSessionId(), '');
});

test('after a crash the next start repairs the records, and no process is left behind', async (t) => {
  const dataFolder = await createDataFolder(t);
  const { server, stage, sessionId, viewer } = await startBusyServer(t, dataFolder);
  const children = await childrenOf(server.pid);

  await server.kill();
  assert.equal((await viewer.closed).code, 1006);
  await untilGone(children);

  const next = await startServer({ dataFolder });
  t.after(() => next.stop());
  const sameStage = stage.on(next);
  await assertAllHaveLeft(sameStage, sessionId);
  assert.equal(await sameStage.activeSessionId(), sessionId);
});

test('a token of an earlier server lets its participant into the same session again', async (t) => {
  const dataFolder = await createDataFolder(t);
  const { server, stage, sessionId } = await startBusyServer(t, dataFolder);
  const { port } = new URL(server.endpoint);
  await server.kill();
  const next = await startServer({ dataFolder, args: ['--listen', `127.0.0.1:${port}`] });
  t.after(() => next.stop());
  const { token, participantId } = stage.invited('viewer');
  const socket = await connectEvents(token);
  const sameStage = stage.on(next);
  assert.equal(await sameStage.activeSessionId(), sessionId);
  assert.equal((await sameStage.participant(sessionId, participantId)).state, 'CONNECTED');
  socket.close();
});

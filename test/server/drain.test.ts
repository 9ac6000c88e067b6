import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { CreateStageCommand, DeleteStageCommand } from '@aws-sdk/client-ivs-realtime';
import { createDataFolder } from '../support/data-folder.ts';
import { connectEvents } from '../support/events-socket.ts';
import { type AccessKey, type ServerProcess, startServer, testAccessKey } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';
import { publishByFfmpeg } from '../support/whip-publisher.ts';

/** The signed call, as docs/deployment.md shows it. */
async function callDrain(server: ServerProcess, { accessKeyId, secretAccessKey }: AccessKey) {
  const { stdout } = await promisify(execFile)('curl', [
    ...['--silent', '--show-error', '--request', 'POST'],
    ...['--aws-sigv4', `aws:amz:${server.region}:ivs`, '--user', `${accessKeyId}:${secretAccessKey}`],
    ...['--write-out', '\n%{http_code}', `${server.endpoint}/proscenium/drain`],
  ]);
  const [body = '', status] = stdout.split('\n');
  return { status: Number(status), body: JSON.parse(body) };
}

async function readiness({ endpoint }: ServerProcess) {
  const answer = await fetch(`${endpoint}/readyz`);
  return { status: answer.status, body: await answer.json() };
}

const draining = { status: 503, body: { status: 'unavailable', reason: 'draining' } };
const untilDraining = (server: ServerProcess) =>
  until(
    () => readiness(server),
    ({ status }) => status === 503,
  );

test('SIGUSR2 lets a stage that runs go on, begins no other session, and ends the server with the last participant', async (t) => {
  const dataFolder = await createDataFolder(t);
  const server = await startServer({ dataFolder });
  t.after(() => server.kill());
  const running = await TestStage.create(server, ['encoder', 'viewer', 'latecomer']);
  const other = await TestStage.create(server, ['early', 'encoder']);
  const encoder = running.invited('encoder');
  const viewer = await connectEvents(running.invited('viewer').token);
  const sessionId = await running.activeSessionId();

  server.drain();
  await untilDraining(server);
  assert.deepEqual(await readiness(server), draining);
  server.drain();

  // The stage that runs goes on: somebody publishes, comes, is lost and comes back.
  const publisher = publishByFfmpeg({ url: running.whipUrl, token: encoder.token });
  t.after(() => publisher.kill());
  await running.untilEvent(sessionId, encoder.participantId, 'PUBLISH_STARTED');
  const latecomer = await connectEvents(running.invited('latecomer').token);
  latecomer.close();
  await latecomer.closed;
  const back = await connectEvents(running.invited('latecomer').token);
  const { participantId } = running.invited('latecomer');
  assert.deepEqual(
    (await running.events(sessionId, participantId)).map(({ name }) => name),
    ['JOINED'],
  );

  // Another one does not begin, and the API goes on answering.
  await assert.rejects(connectEvents(other.invited('early').token), /closed with 1001 /);
  const refused = await fetch(other.whipUrl, {
    method: 'POST',
    headers: { authorization: `Bearer ${other.invited('encoder').token}`, 'content-type': 'application/sdp' },
    body: 'v=0',
  });
  assert.equal(refused.status, 503);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  assert.equal(await other.activeSessionId(), '');
  await server.client.send(new CreateStageCommand({ name: 'later' }));

  await publisher.stop();
  for (const socket of [viewer, back]) {
    socket.send({ type: 'LEAVE', payload: {} });
    await socket.closed;
  }
  const ended = await server.ended;
  assert.deepEqual({ code: ended.code, signal: ended.signal }, { code: 0, signal: null });
  assert.match(server.log(), /drained: the last participant has left/);

  const next = await startServer({ dataFolder });
  t.after(() => next.stop());
  assert.equal(await running.on(next).activeSessionId(), sessionId);
  const [first] = await other.on(next).sessions();
  assert.equal(first, undefined);
});

test('a signed call of the server’s own account drains it, and is answered though it ends at once', async (t) => {
  const stranger = { accessKeyId: 'PRSCSTRANGER', secretAccessKey: 'of-another-account', account: '210987654321' };
  const dataFolder = await createDataFolder(t);
  const config = `${dataFolder}/config.yaml`;
  await writeFile(config, JSON.stringify({ accessKeys: [stranger] }));
  const server = await startServer({ dataFolder, args: ['--config', config] });
  t.after(() => server.kill());

  const refused = await callDrain(server, stranger);
  assert.equal(refused.status, 403);
  assert.equal((await callDrain(server, { ...testAccessKey, secretAccessKey: 'wrong' })).status, 403);
  assert.equal((await readiness(server)).status, 200);

  const stage = await TestStage.create(server, ['viewer']);
  await connectEvents(stage.invited('viewer').token);
  assert.deepEqual(await callDrain(server, testAccessKey), { status: 200, body: { participants: 1 } });
  assert.deepEqual(await readiness(server), draining);
  // Whoever sends the last participant away gets an answer as well.
  const { $metadata } = await server.client.send(new DeleteStageCommand({ arn: stage.arn }));
  assert.equal($metadata.attempts, 1);
  assert.equal((await server.ended).code, 0);

  const empty = await startServer();
  t.after(() => empty.kill());
  assert.deepEqual(await callDrain(empty, testAccessKey), { status: 200, body: { participants: 0 } });
  assert.equal((await empty.ended).code, 0);
});

test('SIGTERM ends a server that is being drained at once', async (t) => {
  const server = await startServer();
  t.after(() => server.kill());
  const stage = await TestStage.create(server, ['viewer']);
  const viewer = await connectEvents(stage.invited('viewer').token);
  server.drain();
  await untilDraining(server);
  await server.stop();
  assert.equal((await viewer.closed).code, 1001);
});

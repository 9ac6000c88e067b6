import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { test } from 'node:test';
import { CreateStageCommand, ListStagesCommand } from '@aws-sdk/client-ivs-realtime';
import { createDataFolder } from '../support/data-folder.ts';
import { connectEvents } from '../support/events-socket.ts';
import { type AccessKey, startServer, testAccessKey } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

/** Takes the configured key away, so that the server makes one. */
const withoutKey = { PROSCENIUM_ACCESS_KEY_ID: '', PROSCENIUM_SECRET_ACCESS_KEY: '' };

test('the first line tells where everything is, and everything is there', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const { announcement } = server;
  const { account, region, media, ready } = announcement;
  assert.deepEqual({ ready, account, region }, { ready: true, account: '123456789012', region: 'us-west-2' });
  assert.match(announcement.endpoint, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.deepEqual(media.announcedAddresses, ['127.0.0.1']);
  assert.deepEqual(media.ports.map(({ protocol }) => protocol).sort(), ['tcp', 'udp']);
  assert.equal((await fetch(announcement.console)).status, 200);
  const { stages } = await server.client.send(new ListStagesCommand());
  assert.deepEqual(stages, []);
});

test('health and readiness are told without a signature', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const health = await fetch(`${server.endpoint}/healthz`);
  assert.deepEqual([health.status, await health.json()], [200, { status: 'ok' }]);
  const readiness = await fetch(`${server.endpoint}/readyz`);
  assert.deepEqual([readiness.status, await readiness.json()], [200, { status: 'ready' }]);
  const api = await fetch(`${server.endpoint}/ListStages`, { method: 'POST' });
  assert.equal(api.status, 403);
});

test('the first access key is in a file for the owner’s eyes, and stays the same', async (t) => {
  const dataFolder = await createDataFolder(t);
  const keys: AccessKey[] = [];
  for (let start = 0; start < 2; start += 1) {
    const server = await startServer({ dataFolder, env: withoutKey });
    const file = server.announcement.credentialsFile ?? '';
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await stat(dataFolder)).mode & 0o077, 0);
    const key = readCredentials(await readFile(file, 'utf8'));
    const client = server.clientWith(key);
    await client.send(new CreateStageCommand());
    client.destroy();
    keys.push(key);
    await server.stop();
    assert.ok(!server.log().includes(key.secretAccessKey));
  }
  assert.deepEqual(keys[0], keys[1]);
});

test('no log line holds a secret, however much is logged', async (t) => {
  const server = await startServer({ env: { PROSCENIUM_LOG_LEVEL: 'trace' } });
  const stage = await TestStage.create(server, ['alice']);
  const { token } = stage.invited('alice');
  await connectEvents(token);
  const offer = { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: 'v=0' };
  assert.equal((await fetch(stage.whipUrl, offer)).status, 415);
  await assert.rejects(connectEvents(`${token.slice(0, -8)}AAAAAAAA`));
  await assert.rejects(server.clientWith({ ...testAccessKey, secretAccessKey: 'wrong' }).send(new ListStagesCommand()));
  await server.stop();

  const [, , signature = ''] = token.split('.');
  for (const secret of [testAccessKey.secretAccessKey, signature, 'Signature=']) {
    assert.ok(!server.log().includes(secret), `the log holds ${secret.slice(0, 4)}…`);
  }
  t.diagnostic(`${server.log().split('\n').length} lines`);
});

test('two servers run side by side and know nothing of each other', async (t) => {
  const servers = await Promise.all([startServer(), startServer()]);
  t.after(() => Promise.all(servers.map((server) => server.stop())));
  const [first, second] = servers;
  await first?.client.send(new CreateStageCommand({ name: 'only-here' }));
  assert.equal((await first?.client.send(new ListStagesCommand()))?.stages?.length, 1);
  assert.deepEqual((await second?.client.send(new ListStagesCommand()))?.stages, []);
});

function readCredentials(file: string): AccessKey {
  const read = (name: string): string => new RegExp(`^${name} *= *(\\S+)$`, 'm').exec(file)?.[1] ?? '';
  return { accessKeyId: read('aws_access_key_id'), secretAccessKey: read('aws_secret_access_key') };
}

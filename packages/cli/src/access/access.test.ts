import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import {
  CreateStageCommand,
  GetStageCommand,
  IVSRealTimeClient,
  type IVSRealTimeClientConfig,
  ListStagesCommand,
} from '@aws-sdk/client-ivs-realtime';
import { makeFolder, run, runJson, serveFolder } from '../proscenium.fixture.ts';

type Key = { accessKeyId: string; secretAccessKey: string };

const onlyRed = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'ivs:ListStages', Resource: '*' },
    {
      Effect: 'Allow',
      Action: 'ivs:GetStage',
      Resource: 'arn:aws:ivs:*:123456789012:stage/*',
      Condition: { StringEquals: { 'aws:ResourceTag/team': 'red' } },
    },
  ],
};

test('users are made and changed while the server runs, and each change counts from the next call on', async (t) => {
  const data = path.join(await makeFolder(t), 'data');
  const audit = path.join(path.dirname(data), 'audit.log');
  const server = await serveFolder(t, data, { PROSCENIUM_AUDIT_FILE: audit });
  const clientWith = (credentials: IVSRealTimeClientConfig['credentials']) => {
    const client = new IVSRealTimeClient({
      endpoint: server.endpoint,
      region: 'us-west-2',
      credentials,
      maxAttempts: 1,
    });
    t.after(() => client.destroy());
    return client;
  };
  const [, id = '', secret = ''] =
    /aws_access_key_id = (\S+)\naws_secret_access_key = (\S+)/.exec(
      await readFile(path.join(data, 'credentials'), 'utf8'),
    ) ?? [];
  const admin = clientWith({ accessKeyId: id, secretAccessKey: secret });
  const stageOf = async (team: string) => (await admin.send(new CreateStageCommand({ tags: { team } }))).stage?.arn;
  const [red, blue] = [await stageOf('red'), await stageOf('blue')];

  const access = (...order: string[]) => runJson('access', ...order, '--data', data);
  await access('user', 'create', 'bob');
  const key: Key = await access('key', 'create', 'bob');
  const bob = clientWith(key);
  const list = (client = bob) => client.send(new ListStagesCommand());
  await assert.rejects(list(), {
    name: 'AccessDeniedException',
    message:
      'User: arn:aws:iam::123456789012:user/bob is not authorized to perform: ivs:ListStages on resource: ' +
      'arn:aws:ivs:us-west-2:123456789012:stage/* because no identity-based policy allows the ivs:ListStages action',
  });

  const file = path.join(path.dirname(data), 'red.json');
  await writeFile(file, JSON.stringify(onlyRed));
  await access('policy', 'put', 'only-red', file);
  await access('user', 'attach', 'bob', 'only-red');
  assert.equal((await list()).stages?.length, 2);
  assert.equal((await bob.send(new GetStageCommand({ arn: red }))).stage?.arn, red);
  await assert.rejects(bob.send(new GetStageCommand({ arn: blue })), { name: 'AccessDeniedException' });

  const simulate = ['access', 'simulate', 'bob', 'ivs:GetStage', blue ?? '', '--data', data, '--json'];
  const denied = await run([...simulate, '--resource-tag', 'team=blue']);
  assert.deepEqual([denied.status, JSON.parse(denied.stdout).decision], [1, 'ImplicitDeny']);
  assert.equal((await run([...simulate, '--resource-tag', 'team=red'])).status, 0);

  const next: Key = await access('key', 'rotate', key.accessKeyId);
  await assert.rejects(list(), { name: 'UnrecognizedClientException' });
  assert.equal((await list(clientWith(next))).stages?.length, 2);
  await access('key', 'disable', next.accessKeyId);
  await assert.rejects(list(clientWith(next)), { name: 'UnrecognizedClientException' });
  await access('user', 'delete', 'bob');
  await server.stop();

  // The log is complete once the server has ended.
  const records = (await readFile(audit, 'utf8')).trimEnd().split('\n');
  const changes = records.map((line) => JSON.parse(line)).filter((each) => each.eventSource === 'iam.amazonaws.com');
  const keyChanges = ['CreateAccessKey', 'PutPolicy', 'AttachUserPolicy', 'RotateAccessKey', 'UpdateAccessKey'];
  const names = ['CreateUser', ...keyChanges, 'DeleteUser'];
  assert.deepEqual(
    changes.map(({ eventName }) => eventName),
    names,
  );
  for (const hidden of [key.secretAccessKey, next.secretAccessKey]) assert.ok(!records.join().includes(hidden));
  const { users } = await access('user', 'list');
  assert.deepEqual(
    users.map(({ name, policies }: { name: string; policies: string[] }) => [name, policies]),
    [['admin', ['AdministratorAccess']]],
  );

  const created = await run(['access', 'key', 'create', 'admin', '--data', data]);
  assert.match(created.stdout, /^\[admin\]\naws_access_key_id = PRSC\w{16}\naws_secret_access_key = \S{40}\n$/);
  assert.equal(created.stderr, 'This secret is not shown again.\n');
  const third = await run(['access', 'key', 'create', 'admin', '--data', data]);
  assert.deepEqual([third.status, third.stdout], [1, '']);
  assert.equal(third.stderr, 'admin has 2 access keys already: delete one of them first\n');
  const shown = await run(['access', 'user', 'show', 'admin', '--data', data]);
  assert.match(shown.stdout, /^User {6}admin\nPolicies {2}AdministratorAccess\nKeys {6}PRSC\w+, active, since /);
});

describe('proscenium access', () => {
  test('says where a data folder is missing', async (t) => {
    const folder = await makeFolder(t);
    const { status, stderr } = await run(['access', 'user', 'list', '--data', folder]);
    assert.equal(status, 1);
    assert.match(stderr, /^There is no database in .*: name the server's data folder by --data or --config/);
  });

  test('checks a policy without a server', async (t) => {
    const folder = await makeFolder(t);
    const check = (input: string, ...options: string[]) =>
      run(['access', 'policy', 'check', '-', ...options], { input, environment: { PROSCENIUM_DATA: folder } });
    assert.deepEqual(await check(JSON.stringify(onlyRed)), {
      status: 0,
      stdout: 'Can be used: 2 statements\n',
      stderr: '',
    });
    const wrong = await check('{"Statement":[]}');
    assert.deepEqual(wrong, { status: 1, stdout: '', stderr: 'Statement: must be there\n' });
    const { status, stdout } = await check('{"Statement":[]}', '--json');
    assert.deepEqual([status, JSON.parse(stdout)], [1, { valid: false, reason: 'Statement: must be there' }]);
  });

  test('refuses what means nothing with exit code 2', async () => {
    for (const order of [
      ['user', 'list', '--account', '12'],
      ['simulate', 'bob', 'ivs:GetStage', '--resource-tag', 'team'],
      ['user', 'create'],
    ]) {
      assert.equal((await run(['access', ...order])).status, 2, order.join(' '));
    }
  });
});

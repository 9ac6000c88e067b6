import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import Fastify from 'fastify';
import { silentLogger } from '../../http/api-server.fixture.ts';
import { accessKey, sign } from '../../identity/signer.fixture.ts';
import { openAccess } from '../access.fixture.ts';
import { permissionsOf } from '../permissions.ts';
import { UserDirectory } from '../user-directory.ts';
import { accessRoutes } from './access-routes.ts';

const stranger = { ...accessKey, accessKeyId: 'PRSCSTRANGERSTRANGER', account: '210987654321' };

/** A server with an administrator in each of two accounts, who goes by policies as they are in the store. */
async function openRoutes(t: TestContext) {
  const access = await openAccess(t);
  await access.users.create(accessKey.userName, ['AdministratorAccess']);
  await access.ofAccount(stranger.account).users.create(stranger.userName, ['AdministratorAccess']);
  const users = await UserDirectory.open(access.store, [accessKey, stranger]);
  const app = Fastify();
  await app.register(accessRoutes, {
    prefix: '/proscenium/access',
    accessKeys: users,
    clock: access.clock,
    regions: ['us-west-2'],
    bodyLimitBytes: 30_000,
    hosts: ['localhost'],
    logger: silentLogger,
    permissions: permissionsOf({ policiesOf: (caller) => users.policiesOf(caller), tagsOf: async () => undefined }),
    store: access.store,
  });
  t.after(() => app.close());
  const call = async (name: string, input: unknown = {}, key = accessKey) => {
    const path = `/proscenium/access/${name}`;
    const payload = typeof input === 'string' ? input : JSON.stringify(input);
    const { url, headers } = await sign(
      { method: 'POST', path, body: payload },
      { key, signingDate: access.clock.now() },
    );
    const answer = await app.inject({ method: 'POST', url, headers, payload });
    return { status: answer.statusCode, error: answer.headers['x-amzn-errortype'], ...answer.json() };
  };
  return { ...access, call };
}

const look = JSON.stringify({ Statement: { Effect: 'Allow', Action: 'proscenium:ListUsers', Resource: '*' } });

test('a user is made, may what its policies say, and is gone with its keys', async (t) => {
  const { call, store } = await openRoutes(t);
  assert.equal((await call('PutPolicy', { policyName: 'look', policyDocument: look })).policy.name, 'look');
  assert.deepEqual((await call('CreateUser', { userName: 'bob' })).user.policies, []);
  const { accessKey: made } = await call('CreateAccessKey', { userName: 'bob' });
  const bob = { ...accessKey, userName: 'bob', accessKeyId: made.accessKeyId, secretAccessKey: made.secretAccessKey };

  const denied = await call('ListUsers', {}, bob);
  assert.deepEqual([denied.status, denied.error], [403, 'AccessDeniedException']);
  assert.match(denied.message, /not authorized to perform: proscenium:ListUsers on resource: \*/);
  await call('AttachUserPolicy', { userName: 'bob', policyName: 'look' });
  const listed = await call('ListUsers', {}, bob);
  assert.deepEqual(
    listed.users.map(({ name }: { name: string }) => name),
    ['bob', accessKey.userName],
  );
  assert.ok(!JSON.stringify(listed).includes(made.secretAccessKey));
  assert.equal((await call('CreateUser', { userName: 'eve' }, bob)).status, 403);
  assert.equal(
    (await call('SimulateUserPolicy', { userName: 'bob', action: 'ivs:GetStage', resource: '*' })).decision,
    'ImplicitDeny',
  );

  const rotated = (await call('RotateAccessKey', { accessKeyId: made.accessKeyId })).accessKey;
  assert.equal((await call('ListUsers', {}, bob)).error, 'UnrecognizedClientException');
  const replaced = { ...bob, accessKeyId: rotated.accessKeyId, secretAccessKey: rotated.secretAccessKey };
  assert.equal((await call('ListUsers', {}, replaced)).status, 200);
  const disabled = await call('UpdateAccessKey', { accessKeyId: rotated.accessKeyId, active: false });
  assert.equal(disabled.accessKey.active, false);
  assert.equal((await call('ListUsers', {}, replaced)).status, 403);
  await call('DeleteAccessKey', { accessKeyId: rotated.accessKeyId });
  await call('DetachUserPolicy', { userName: 'bob', policyName: 'look' });
  assert.equal((await call('DeletePolicy', { policyName: 'look' })).status, 200);
  assert.equal((await call('DeleteUser', { userName: 'bob' })).status, 200);
  assert.equal((await call('ListPolicies')).policies.length, 3);

  const changes = await store.db.selectFrom('access_changes').selectAll().where('actor', 'like', 'arn:%').execute();
  assert.equal(changes.length, 10);
  assert.ok(changes.every(({ actor }) => actor === `arn:aws:iam::${accessKey.account}:user/${accessKey.userName}`));
  const text = JSON.stringify(changes);
  for (const { secretAccessKey } of [made, rotated]) assert.ok(!text.includes(secretAccessKey));
});

test('each account has its own', async (t) => {
  const { call } = await openRoutes(t);
  await call('CreateUser', { userName: 'bob' });
  const { accessKey: made } = await call('CreateAccessKey', { userName: 'bob' });
  assert.equal((await call('ListUsers', {}, stranger)).users.length, 1);
  const { accessKeyId } = made;
  for (const [name, input] of [
    ['DeleteUser', { userName: 'bob' }],
    ['CreateAccessKey', { userName: 'bob' }],
    ['RotateAccessKey', { accessKeyId }],
    ['DeleteAccessKey', { accessKeyId }],
  ] as const) {
    assert.equal((await call(name, input, stranger)).error, 'ResourceNotFoundException', name);
  }
});

test('what cannot be done is told by its kind', async (t) => {
  const { call } = await openRoutes(t);
  await call('CreateUser', { userName: 'bob' });
  for (const [name, input, error, message] of [
    ['CreateUser', { userName: 'Bob' }, 'ConflictException', /There is a user Bob already/],
    ['CreateUser', { userName: 'a b' }, 'ValidationException', /The name of a user/],
    ['CreateUser', {}, 'ValidationException', /The body has userName, policyNames/],
    ['CreateUser', { userName: 'eve', role: 'admin' }, 'ValidationException', /The body has userName, policyNames/],
    ['CreateUser', '{', 'SerializationException', /JSON/],
    ['DeleteUser', { userName: 'eve' }, 'ResourceNotFoundException', /no user eve/],
    ['PutPolicy', { policyName: 'p', policyDocument: '{}' }, 'ValidationException', /Statement/],
    ['DeletePolicy', { policyName: 'AdministratorAccess' }, 'ConflictException', /nobody can change it/],
  ] as const) {
    const answer = await call(name, input);
    assert.equal(answer.error, error, name);
    assert.match(answer.message, message);
  }
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import Fastify from 'fastify';
import { permissionsBy } from '../access/permissions.fixture.ts';
import { unrestricted } from '../access/unrestricted.fixture.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import { createAccessKeys } from '../identity/access-keys.ts';
import { accessKey, sign } from '../identity/signer.fixture.ts';
import { ConsoleInvitation } from './console-invitation.ts';
import { consoleRoutes } from './console-routes.ts';

const stranger = { ...accessKey, accessKeyId: 'PRSCSTRANGERSTRANGER', account: '210987654321' };
const channelArn = `arn:aws:ivs:us-west-2:${accessKey.account}:channel`;
const now = new Date('2026-11-22T07:00:00Z');
const clock = { now: () => now };

async function openRoutes(t: TestContext, permissions = unrestricted) {
  const users = { ...createAccessKeys([accessKey, stranger]), hasUser: () => true };
  const invitation = new ConsoleInvitation(users, accessKey, clock);
  const app = Fastify();
  await app.register(consoleRoutes, {
    accessKeys: invitation,
    clock,
    regions: ['us-west-2'],
    bodyLimitBytes: 1_000,
    hosts: ['localhost'],
    logger: silentLogger,
    permissions,
    account: accessKey.account,
    region: 'us-west-2',
    startedAt: now,
    invitation,
    servesObjects: true,
    ingest: { rtmps: 'rtmps://127.0.0.1:1936/app/' },
    channels: [
      { arn: `${channelArn}/page`, type: 'builtIn' },
      {
        arn: `${channelArn}/pushed`,
        type: 'rtmp',
        url: 'rtmps://somebody:secret@live.example.com/app?key=secret',
        streamKey: 'secret',
        certificateAuthoritiesFile: undefined,
      },
    ],
    collectMetrics: async () => [
      { metric: { name: 'stages', type: 'gauge', help: 'Stages', labels: [] }, samples: [{ labels: {}, value: 3 }] },
    ],
  });
  t.after(() => app.close());
  const signIn = (
    body: string,
    headers: Record<string, string> = { origin: 'http://localhost' },
    remoteAddress = '127.0.0.1',
  ) =>
    app.inject({
      method: 'POST',
      url: '/console/sign-in',
      headers: { host: 'localhost', 'content-type': 'text/plain', ...headers },
      payload: body,
      remoteAddress,
    });
  const get = async (path: string, key = accessKey) => {
    const { url, headers } = await sign({ method: 'GET', path }, { key, signingDate: now });
    return app.inject({ method: 'GET', url, headers });
  };
  return { invitation, signIn, get, app };
}

test('the code brings a key that signs, once', async (t) => {
  const { invitation, signIn, get } = await openRoutes(t);
  const answer = await signIn(invitation.code);
  assert.equal(answer.statusCode, 200);
  const { accessKeyId, secretAccessKey, region } = answer.json();
  assert.equal(region, 'us-west-2');
  const facts = await get('/proscenium/server', { ...accessKey, accessKeyId, secretAccessKey });
  assert.equal(facts.statusCode, 200);
  assert.equal(facts.json().userName, accessKey.userName);
  assert.equal(facts.json().isOperator, true);
  assert.equal(facts.json().channelsPath, '/channels/');
  assert.deepEqual(facts.json().channels, [
    { arn: `${channelArn}/page` },
    { arn: `${channelArn}/pushed`, address: 'rtmps://live.example.com/app' },
  ]);
  assert.equal((await signIn(invitation.code)).statusCode, 403);
});

for (const [who, headers, address] of [
  ['a page of another site', { origin: 'http://elsewhere.example' }, '127.0.0.1'],
  ['a program that says no origin', {}, '127.0.0.1'],
  ['another machine', { origin: 'http://localhost' }, '10.0.0.7'],
  ['whoever is behind a proxy', { origin: 'http://localhost', 'x-forwarded-for': '10.0.0.7' }, '127.0.0.1'],
] as const) {
  test(`the code is worth nothing to ${who}, and is not used up`, async (t) => {
    const { invitation, signIn } = await openRoutes(t);
    assert.equal((await signIn(invitation.code, headers, address)).statusCode, 403);
    assert.equal((await signIn(invitation.code)).statusCode, 200);
  });
}

test('a code of any length is refused', async (t) => {
  const { signIn } = await openRoutes(t);
  assert.equal((await signIn('')).statusCode, 403);
  assert.equal((await signIn('x'.repeat(300))).statusCode, 413);
});

test('the server’s metrics are for its own account', async (t) => {
  const { get, app } = await openRoutes(t);
  const own = await get('/proscenium/server/metrics');
  assert.equal(own.statusCode, 200);
  assert.match(own.json().text, /^stages 3$/m);
  assert.equal((await get('/proscenium/server/metrics', stranger)).statusCode, 403);
  const facts = (await get('/proscenium/server', stranger)).json();
  assert.equal(facts.isOperator, false);
  assert.equal(facts.channelsPath, '/channels/210987654321/us-west-2/');
  assert.deepEqual(facts.channels, []);
  const unsigned = await app.inject({ url: '/proscenium/server', headers: { host: 'localhost' } });
  assert.equal(unsigned.statusCode, 403);
});

test('who may not read about the server is told so', async (t) => {
  const { get } = await openRoutes(
    t,
    permissionsBy({ Effect: 'Allow', Action: 'proscenium:GetServer', Resource: '*' }),
  );
  assert.equal((await get('/proscenium/server')).statusCode, 200);
  const refused = await get('/proscenium/server/metrics');
  assert.equal(refused.statusCode, 403);
  assert.match(refused.body, /not authorized to perform: proscenium:GetServerMetrics on resource: \*/);
  const others = await openRoutes(t, permissionsBy({ Effect: 'Allow', Action: 'ivs:*', Resource: '*' }));
  assert.match((await others.get('/proscenium/server')).body, /not authorized to perform: proscenium:GetServer on/);
});

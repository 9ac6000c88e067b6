import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { permissionsBy } from '../access/permissions.fixture.ts';
import type { Permissions } from '../access/permissions.ts';
import { systemClock } from '../clock.ts';
import { fixedClock, silentLogger, startApiServer } from '../http/api-server.fixture.ts';
import { createAccessKeys } from '../identity/access-keys.ts';
import { accessKey } from '../identity/signer.fixture.ts';
import { Drain } from './drain.ts';
import { drainRoutes } from './drain-routes.ts';

/** A server of this account with two participants, who stay. */
async function startDrainable(t: TestContext, permissions: Permissions, account = accessKey.account) {
  const drain = new Drain({
    registry: { participantCount: 2, drain: () => new Promise(() => {}) },
    answerTheLast: async () => {},
    clock: systemClock,
    logger: silentLogger,
  });
  const options = {
    accessKeys: createAccessKeys([accessKey]),
    clock: fixedClock,
    regions: ['us-west-2'],
    hosts: ['localhost'],
    bodyLimitBytes: 1_000,
    logger: silentLogger,
  };
  const { call } = await startApiServer(t, {
    addRoutes: (fastify) => fastify.register(drainRoutes, { ...options, permissions, account, drain }),
  });
  return { drain, order: () => call({ path: '/proscenium/drain', body: '' }) };
}

const allow = { Effect: 'Allow', Resource: '*' };

test('who has the permission drains the server', async (t) => {
  const permissions = permissionsBy({ ...allow, Action: 'proscenium:DrainServer' });
  const { drain, order } = await startDrainable(t, permissions);
  const answer = await order();
  assert.deepEqual([answer.status, answer.json()], [200, { participants: 2 }]);
  assert.equal(drain.underWay, true);
});

test('nobody else does, nor anybody of another account', async (t) => {
  const denied = await startDrainable(t, permissionsBy({ ...allow, Action: 'ivs:*' }));
  const answer = await denied.order();
  assert.equal(answer.status, 403);
  assert.match(answer.text, /is not authorized to perform: proscenium:DrainServer on resource: \* because no/);
  const stranger = await startDrainable(t, permissionsBy({ ...allow, Action: '*' }), '210987654321');
  assert.equal((await stranger.order()).status, 403);
  assert.deepEqual([denied.drain.underWay, stranger.drain.underWay], [false, false]);
});

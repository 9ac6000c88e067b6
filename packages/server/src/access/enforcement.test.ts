import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatArn, operationNames, operations, resourceTypes } from '@proscenium/model';
import { type Answer, type ApiServer, stage, startApiServer } from '../http/api-server.fixture.ts';
import { accessKey } from '../identity/signer.fixture.ts';
import { publicKeyMaterial } from '../public-keys/public-key.fixture.ts';
import { requestTo } from '../requests.fixture.ts';
import { permissionsBy } from './permissions.fixture.ts';

const user = 'arn:aws:iam::123456789012:user/default';
const newStage = 'arn:aws:ivs:us-west-2:123456789012:stage/*';
const tagsPath = `/tags/${encodeURIComponent(stage.arn)}`;
const create = (body: object) => ({ body: JSON.stringify(body) });
const headers = { 'content-type': 'application/json' };

function assertDenied(answer: Answer, action: string, resource: string, isExplicit = false): void {
  assert.equal(answer.status, 403);
  assert.equal(answer.headers['x-amzn-errortype'], 'AccessDeniedException');
  const reason = isExplicit
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`;
  const message = `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
  assert.deepEqual(answer.json(), { exceptionMessage: message, message });
}

const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
const deny = { Effect: 'Deny', Action: '*', Resource: '*' };

describe('The front door', () => {
  test('lets through what is allowed, and tells who must not do what to which resource', async (t) => {
    const permissions = permissionsBy({ ...allow, Action: 'ivs:CreateStage' });
    const { call, calls } = await startApiServer(t, { permissions });
    assert.equal((await call({})).status, 200);
    assertDenied(await call({ method: 'GET', path: tagsPath, body: '' }), 'ivs:ListTagsForResource', stage.arn);
    assert.deepEqual(
      calls.map(({ operation }) => operation),
      ['CreateStage'],
    );
  });

  test('tells of an explicit deny', async (t) => {
    const { call } = await startApiServer(t, { permissions: permissionsBy([allow, deny]) });
    assertDenied(await call({}), 'ivs:CreateStage', newStage, true);
  });

  test('makes nothing with tags for who must not tag', async (t) => {
    const permissions = permissionsBy({ ...allow, Action: 'ivs:CreateStage' });
    const { call, calls } = await startApiServer(t, { permissions });
    assertDenied(await call(create({ tags: { team: 'red' } })), 'ivs:TagResource', newStage);
    assert.equal(calls.length, 0);
  });

  test('asks for the tags of what is to be made', async (t) => {
    const permissions = permissionsBy({
      ...allow,
      Action: ['ivs:CreateStage', 'ivs:TagResource'],
      Condition: {
        StringEquals: { 'aws:RequestTag/team': 'red' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'show'] },
      },
    });
    const { call } = await startApiServer(t, { permissions });
    assert.equal((await call(create({ tags: { team: 'red', show: 'late' } }))).status, 200);
    const refused = [{}, { tags: { team: 'blue' } }, { tags: { team: 'red', other: '' } }];
    for (const body of refused) assertDenied(await call(create(body)), 'ivs:CreateStage', newStage);
  });

  test('asks for the tags that a resource has', async (t) => {
    const condition = { Condition: { StringEquals: { 'aws:ResourceTag/team': 'red' } } };
    const red = { [stage.arn]: { team: 'red' } };
    const list = { method: 'GET', path: tagsPath, body: '' };
    const ofRed = await startApiServer(t, { permissions: permissionsBy({ ...allow, ...condition }, red) });
    assert.equal((await ofRed.call(list)).status, 200);
    const ofBlue = permissionsBy({ ...allow, ...condition }, { [stage.arn]: { team: 'blue' } });
    assertDenied(
      await (await startApiServer(t, { permissions: ofBlue })).call(list),
      'ivs:ListTagsForResource',
      stage.arn,
    );
    const ofNone = await startApiServer(t, { permissions: permissionsBy({ ...allow, ...condition }) });
    assertDenied(await ofNone.call(list), 'ivs:ListTagsForResource', stage.arn);
  });

  test('asks for the keys of tags that are removed', async (t) => {
    const permissions = permissionsBy([
      allow,
      { ...deny, Action: 'ivs:UntagResource', Condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'team' } } },
    ]);
    const { call } = await startApiServer(t, { permissions });
    const untag = (tagKeys: string) =>
      call({ method: 'DELETE', path: tagsPath, query: { tagKeys }, headers, body: '' });
    assert.equal((await untag('show')).status, 200);
    assertDenied(await untag('team'), 'ivs:UntagResource', stage.arn, true);
  });

  test('tells what is wrong with signature and shape first', async (t) => {
    const { call, send } = await startApiServer(t, { permissions: permissionsBy(deny) });
    const errorOf = (answer: Answer) => answer.headers['x-amzn-errortype'];
    assert.equal(errorOf(await call(create({ name: 'a b' }))), 'ValidationException');
    const unsigned = { method: 'POST', url: '/CreateStage', headers: { host: 'localhost' }, body: Buffer.from('{}') };
    assert.equal(errorOf(await send(unsigned)), 'MissingAuthenticationTokenException');
  });

  test('lets nobody do anything whom no policy allows anything, whatever the operation', async (t) => {
    const reached: string[] = [];
    const handlers = Object.fromEntries(operationNames.map((name) => [name, async () => void reached.push(name)]));
    const permissions = permissionsBy({ ...allow, Action: 'proscenium:DrainServer' });
    const { call } = await startApiServer(t, { permissions, handlers });
    for (const name of operationNames) {
      const { method } = operations[name];
      const answer = await (method === 'POST'
        ? callByPost(call, name)
        : call({ method, path: tagsPath, query: { tagKeys: 'a' }, body: '' }));
      assert.equal(answer.headers['x-amzn-errortype'], 'AccessDeniedException', `${name}: ${answer.text}`);
      assert.ok(answer.text.includes(`not authorized to perform: ivs:${name} on resource: `), answer.text);
    }
    assert.deepEqual(reached, []);
  });
});

/** One ARN of each kind; nothing by these names is there. */
const arns = new Map(
  resourceTypes.map((resourceType) => [
    resourceType,
    formatArn({ account: accessKey.account, region: 'us-west-2', resourceType, id: 'abcdABCDefgh' }),
  ]),
);
const members = {
  sessionId: 'st-0000000000001',
  participantId: 'pHostAAAA001',
  bucketName: 'show-archive',
  publicKeyMaterial,
};
const rules = { CreateIngestConfiguration: { ingestProtocol: 'RTMPS' }, StartComposition: { destinations: [{}] } };

function callByPost(call: ApiServer['call'], name: (typeof operationNames)[number]): Promise<Answer> {
  const scope = { account: accessKey.account, region: 'us-west-2' };
  const body = JSON.stringify(requestTo(name, { scope, arns, members, rules }));
  const path = operations[name].path.replace(/\{.*\}/, encodeURIComponent(stage.arn));
  return call({ path, body, headers });
}

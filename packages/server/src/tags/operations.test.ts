import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ControlPlane, openControlPlane, scope } from '../control-plane.fixture.ts';
import { publicKeyMaterial } from '../public-keys/public-key.fixture.ts';

const notFound = { name: 'ResourceNotFoundException', status: 404 };
const invalid = { name: 'ValidationException' };

/** One of each kind of resource that carries tags. */
async function createResources({ call }: ControlPlane, tags: object): Promise<string[]> {
  const { stage } = await call('CreateStage', { tags });
  const { storageConfiguration } = await call('CreateStorageConfiguration', {
    s3: { bucketName: 'show-archive' },
    tags,
  });
  const { encoderConfiguration } = await call('CreateEncoderConfiguration', { tags });
  const { ingestConfiguration } = await call('CreateIngestConfiguration', { ingestProtocol: 'RTMPS', tags });
  const { publicKey } = await call('ImportPublicKey', { publicKeyMaterial, tags });
  return [stage.arn, storageConfiguration.arn, encoderConfiguration.arn, ingestConfiguration.arn, publicKey.arn];
}

function numbered(count: number, first = 0): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${first + index}`, '']));
}

test('tags are added, replaced, removed and listed on every kind of resource', async (t) => {
  const plane = await openControlPlane(t);
  const { call } = plane;
  for (const resourceArn of await createResources(plane, { team: 'red' })) {
    await call('TagResource', { resourceArn, tags: { team: 'blue', Team: 'green', 'cost center': '' } });
    assert.deepEqual(await call('ListTagsForResource', { resourceArn }), {
      tags: { team: 'blue', Team: 'green', 'cost center': '' },
    });
    await call('UntagResource', { resourceArn, tagKeys: ['team', 'cost center'] });
    await call('UntagResource', { resourceArn, tagKeys: ['team', 'never there'] });
    assert.deepEqual(await call('ListTagsForResource', { resourceArn }), { tags: { Team: 'green' } });
    await call('UntagResource', { resourceArn, tagKeys: ['Team'] });
    assert.deepEqual(await call('ListTagsForResource', { resourceArn }), { tags: {} });
  }
});

test('the resource itself shows its tags', async (t) => {
  const { call } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  await call('TagResource', { resourceArn: stage.arn, tags: { team: 'red' } });
  assert.deepEqual((await call('GetStage', { arn: stage.arn })).stage.tags, { team: 'red' });
  assert.deepEqual((await call('ListStages')).stages[0].tags, { team: 'red' });
});

test('any key is plain data', async (t) => {
  const { call } = await openControlPlane(t);
  const tags = JSON.parse('{"__proto__": "a", "constructor": "b", "toString": "c"}');
  const { stage } = await call('CreateStage', { tags });
  assert.deepEqual((await call('ListTagsForResource', { resourceArn: stage.arn })).tags, tags);
  await call('TagResource', { resourceArn: stage.arn, tags: JSON.parse('{"__proto__": "d"}') });
  await call('UntagResource', { resourceArn: stage.arn, tagKeys: ['constructor', 'toString'] });
  const left = await call('ListTagsForResource', { resourceArn: stage.arn });
  assert.deepEqual(left.tags, JSON.parse('{"__proto__": "d"}'));
});

test('a resource can have 50 tags in the end, and not 51', async (t) => {
  const plane = await openControlPlane(t);
  const { call } = plane;
  for (const resourceArn of await createResources(plane, numbered(48))) {
    await call('TagResource', { resourceArn, tags: numbered(2, 48) });
    await call('TagResource', { resourceArn, tags: { k7: 'again' } });
    await assert.rejects(call('TagResource', { resourceArn, tags: { k7: 'other', one: 'more' } }), invalid);
    const { tags } = await call('ListTagsForResource', { resourceArn });
    assert.equal(Object.keys(tags).length, 50);
    assert.equal(tags.k7, 'again');
  }
});

test('keys and values have their limits', async (t) => {
  const plane = await openControlPlane(t);
  const [resourceArn = ''] = await createResources(plane, {});
  const wrong = [{ 'aws:team': 'red' }, { '': 'red' }, { ['k'.repeat(129)]: '' }, { team: 'x'.repeat(257) }];
  for (const tags of wrong) await assert.rejects(plane.call('TagResource', { resourceArn, tags }), invalid);
  await assert.rejects(plane.call('TagResource', { resourceArn }), invalid);
  await assert.rejects(plane.call('UntagResource', { resourceArn }), invalid);
  await plane.call('TagResource', { resourceArn, tags: { ['k'.repeat(128)]: 'x'.repeat(256) } });
});

test('tags that are added at the same time all stay', async (t) => {
  const { call } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  const resourceArn = stage.arn;
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => call('TagResource', { resourceArn, tags: numbered(1, index) })),
  );
  assert.deepEqual((await call('ListTagsForResource', { resourceArn })).tags, numbered(20));
});

test('what is not there, is elsewhere, or carries no tags is not found', async (t) => {
  const plane = await openControlPlane(t);
  const { call } = plane;
  const resources = await createResources(plane, {});
  const [stageArn = ''] = resources;
  const cases = [
    ...resources.flatMap((arn) => [
      [arn, { ...scope, region: 'eu-west-1' }] as const,
      [arn, { ...scope, account: '210987654321' }] as const,
      [`${arn}x`, scope] as const,
    ]),
    [stageArn.replace(':stage/', ':storage-configuration/'), scope],
    [stageArn.replace(':stage/', ':channel/'), scope],
    [stageArn.replace(':stage/', ':spaceship/'), scope],
  ] as const;
  for (const [resourceArn, caller] of cases) {
    await assert.rejects(call('TagResource', { resourceArn, tags: { a: 'b' } }, caller), notFound);
    await assert.rejects(call('UntagResource', { resourceArn, tagKeys: ['a'] }, caller), notFound);
    await assert.rejects(call('ListTagsForResource', { resourceArn }, caller), notFound);
  }
});

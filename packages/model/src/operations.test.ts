import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Operation, operationNames, operations, type StructureShape } from './index.ts';

const all: Operation[] = Object.values(operations);

test('there are fifty-four operations, each under its own name', () => {
  assert.equal(operationNames.length, 54);
  for (const name of operationNames) assert.equal(operations[name].name, name);
});

test('every operation but the three of tags is a POST to its name', () => {
  const others = all.filter(({ name, method, path }) => method !== 'POST' || path !== `/${name}`);
  assert.deepEqual(
    others.map(({ method, path }) => `${method} ${path}`),
    ['GET /tags/{resourceArn}', 'POST /tags/{resourceArn}', 'DELETE /tags/{resourceArn}'],
  );
});

test('the members that do not travel in the body are known', () => {
  const located = all.flatMap(({ name, request, response }) => [
    ...locations(request).map((place) => `${name} request ${place}`),
    ...new Set(locations(response).map((place) => `${name} response ${place.split(' ')[0]}`)),
  ]);
  assert.deepEqual(located.sort(), [
    'BatchGetChannel response header',
    'BatchGetStreamKey response header',
    'CreateIngestConfiguration response header',
    'ListTagsForResource request path resourceArn',
    'StartParticipantReplication response header',
    'StopParticipantReplication response header',
    'TagResource request path resourceArn',
    'UntagResource request path resourceArn',
    'UntagResource request query tagKeys',
    'UpdateIngestConfiguration response header',
  ]);
});

test('a list operation takes and gives a page', () => {
  const lists = all.filter(({ name }) => name.startsWith('List') && name !== 'ListTagsForResource');
  assert.equal(lists.length, 13);
  for (const { name, request, response, pagination } of lists) {
    assert.ok(pagination, name);
    assert.deepEqual(request.properties.maxResults, { type: 'integer', minimum: 1, maximum: pagination.maximum }, name);
    assert.ok(pagination.default <= pagination.maximum, name);
    assert.ok(request.properties.nextToken && response.properties.nextToken, name);
    assert.deepEqual(response.required, [pagination.items], name);
  }
  assert.deepEqual(
    all.filter(({ pagination }) => pagination).map(({ name }) => name),
    lists.map(({ name }) => name),
  );
});

test('every operation may refuse a request as not valid', () => {
  for (const { name, errors } of all) {
    assert.ok(errors.includes('ValidationException'), name);
    assert.equal(new Set(errors).size, errors.length, name);
  }
});

function locations({ properties }: StructureShape): string[] {
  return Object.entries(properties).flatMap(([name, { location }]) => (location ? [`${location} ${name}`] : []));
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationNames, operations } from './operations.ts';
import { redact, redacted } from './redact.ts';
import { list, map, mapValue, type Shape, string, structure } from './schema.ts';

/** All that is in a shape: its members and items, with what they are called. */
function* within(shape: Shape, path: string): Iterable<{ path: string; shape: Shape }> {
  yield { path, shape };
  if (shape['~kind'] === 'Object') {
    for (const [name, member] of Object.entries(shape.properties)) yield* within(member, `${path}.${name}`);
  }
  if (shape['~kind'] === 'Array') yield* within(shape.items, path);
  if (shape['~kind'] === 'Record') yield* within(mapValue(shape), path);
}

const members = operationNames.flatMap((name) => [
  ...within(operations[name].request, name),
  ...within(operations[name].response, name),
]);
const nameOf = (path: string) => path.slice(path.lastIndexOf('.') + 1);

test('the secrets of the model are participant tokens, stream keys and passphrases, and key material that a caller sends', () => {
  const sensitive = members.filter(({ shape }) => shape.sensitive).map(({ path }) => nameOf(path));
  assert.deepEqual([...new Set(sensitive)].sort(), ['passphrase', 'publicKeyMaterial', 'streamKey', 'token', 'value']);
});

test('whatever is called like a secret is one, or is known to be none', () => {
  // Good for nothing but the next page, made by the caller, an id, the names of tags.
  const none = ['nextToken', 'idempotencyToken', 'tokenId', 'tagKeys'];
  const texts = members.filter(({ shape }) => shape['~kind'] === 'String');
  const suspicious = texts.filter(({ path }) => /token|key|secret|password|credential/i.test(nameOf(path)));
  assert.ok(suspicious.length > 0);
  const unmarked = suspicious.filter(({ path, shape }) => !shape.sensitive && !none.includes(nameOf(path)));
  assert.deepEqual(unmarked, []);
});

test('a value stays as it is but for its secrets, wherever they are', () => {
  const secret = string({ sensitive: true });
  const shape = structure(
    { name: string() },
    { key: secret, keys: list(structure({}, { key: secret })), map: map(secret) },
  );
  const value = { name: 'a', key: 'one', keys: [{ key: 'two' }, {}], map: { three: 'four' }, unknown: 'five' };
  assert.deepEqual(redact(shape, value), {
    name: 'a',
    key: redacted,
    keys: [{ key: redacted }, {}],
    map: { three: redacted },
  });
});

test('times are as in an answer, and what is absent stays so', () => {
  const startTime = new Date('2026-11-21T20:00:00Z');
  const { response } = operations.GetStageSession;
  assert.deepEqual(redact(response, { stageSession: { startTime, endTime: undefined } }), {
    stageSession: { startTime: '2026-11-21T20:00:00Z' },
  });
});

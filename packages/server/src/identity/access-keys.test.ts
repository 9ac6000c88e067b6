import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccessKeys } from './access-keys.ts';
import { accessKey } from './signer.fixture.ts';

test('An access key is found by its whole id and by nothing else', () => {
  const keys = createAccessKeys([accessKey]);
  assert.equal(keys.find(accessKey.accessKeyId), accessKey);
  assert.equal(keys.find(accessKey.accessKeyId.toLowerCase()), undefined);
  assert.equal(keys.find('__proto__'), undefined);
});

test('Two access keys with one id are refused', () => {
  assert.throws(
    () => createAccessKeys([accessKey, { ...accessKey, secretAccessKey: 'another' }]),
    /same access key id/,
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributesSizeBytes, checkAttributes } from './attributes.ts';
import { ValidationException } from './errors.ts';

test('the size of attributes is that of their keys and values in UTF-8', () => {
  assert.equal(attributesSizeBytes({}), 0);
  assert.equal(attributesSizeBytes({ role: 'host' }), 8);
  assert.equal(attributesSizeBytes({ é: '🎥' }), 6);
});

test('attributes may hold 1024 bytes and no more', () => {
  checkAttributes({ a: 'x'.repeat(1023) });
  assert.throws(() => checkAttributes({ a: 'x'.repeat(1024) }), ValidationException);
  assert.throws(() => checkAttributes({ a: 'x'.repeat(600), b: 'x'.repeat(600) }), ValidationException);
});

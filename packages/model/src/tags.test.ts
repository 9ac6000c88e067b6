import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ValidationException } from './errors.ts';
import { checkTags } from './tags.ts';

const numbered = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, '']));

test('a resource may have fifty tags and no more', () => {
  checkTags({});
  checkTags(numbered(50));
  assert.throws(() => checkTags(numbered(51)), new ValidationException('A resource can have at most 50 tags, not 51'));
});

test('keys with the prefix of AWS are reserved in any case', () => {
  for (const key of ['aws:', 'aws:cloudformation:stack-name', 'AWS:x', 'Aws:x']) {
    assert.throws(() => checkTags({ [key]: 'x' }), ValidationException, key);
  }
  checkTags({ aws: 'x', 'my:aws:x': 'y', awsome: 'z' });
});

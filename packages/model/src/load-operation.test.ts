import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadOperation, operationNames } from './load-operation.ts';
import { operationNames as allNames, operations } from './operations.ts';

test('every operation can be loaded alone', async () => {
  assert.deepEqual([...operationNames].sort(), [...allNames].sort());
  for (const name of operationNames) assert.equal(await loadOperation(name), operations[name]);
});

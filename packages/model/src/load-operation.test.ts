import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadOperation, operationNamesOf } from './load-operation.ts';
import { operationNames as allNames, operations } from './operations.ts';

test('every operation can be loaded alone', async () => {
  const names = new Set([...operationNamesOf['ivs-realtime'], ...operationNamesOf.ivs]);
  assert.deepEqual([...names].sort(), [...allNames].sort());
  for (const name of names) assert.equal(await loadOperation(name), operations[name]);
});

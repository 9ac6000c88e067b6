import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestStore } from '../control-plane.fixture.ts';
import { keepSecret } from './secrets.ts';

test('a secret is made once and stays the same', async (t) => {
  const store = await openTestStore(t);
  assert.equal(await keepSecret(store, 'key', async () => 'first'), 'first');
  assert.equal(await keepSecret(store, 'key', async () => 'second'), 'first');
  assert.equal(await keepSecret(store, 'another', async () => 'third'), 'third');
});

test('of two that make the same secret at the same time, one wins for both', async (t) => {
  const store = await openTestStore(t);
  const [one, two] = await Promise.all([
    keepSecret(store, 'key', async () => 'one'),
    keepSecret(store, 'key', async () => 'two'),
  ]);
  assert.equal(one, two);
});

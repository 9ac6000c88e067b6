import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestStore } from '../control-plane.fixture.ts';
import { preparedQuery } from './prepared-query.ts';
import type { Database } from './store.ts';

type Secret = { name: string; value: string };

test('a prepared query is built once, and finds by the values of each call', async (t) => {
  const store = await openTestStore(t);
  let builds = 0;
  const find = preparedQuery((db, { name, value }: Secret) => {
    builds += 1;
    return db
      .selectFrom('secrets')
      .select(['name', 'value'])
      .where((row) => row.or([row.and({ name, value }), row('name', '=', name)]));
  });
  await store.write(async (trx) => {
    for (const name of ['a', 'b'])
      await trx
        .insertInto('secrets')
        .values({ name, value: `of ${name}` })
        .execute();
    // In the transaction as well as outside of it.
    assert.equal((await find(trx, { name: 'a', value: 'of a' }))[0]?.value, 'of a');
  });
  assert.equal((await find(store.db, { name: 'b', value: 'of b' }))[0]?.value, 'of b');
  assert.deepEqual(await find(store.db, { name: 'c', value: 'of c' }), []);
  assert.equal(builds, 1);
});

test('a prepared query keeps the values that it was built with beside those of each call', async (t) => {
  const store = await openTestStore(t);
  const listFrom = preparedQuery((db: Database, { from }: { from: string }) =>
    db
      .selectFrom('secrets')
      .select('name')
      .where('name', '>=', from)
      .where('value', '=', 'right')
      .orderBy('name')
      .limit(2),
  );
  await store.write(async (trx) => {
    const names = ['a', 'b', 'c', 'd'].map((name) => ({ name, value: name === 'b' ? 'wrong' : 'right' }));
    await trx.insertInto('secrets').values(names).execute();
  });
  const names = async (from: string) => (await listFrom(store.db, { from })).map(({ name }) => name);
  assert.deepEqual(await names('a'), ['a', 'c']);
  assert.deepEqual(await names('b'), ['c', 'd']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestStore, scope } from '../control-plane.fixture.ts';
import { compositionRecord } from './composition-record.fixture.ts';
import { deleteCompositionsEndedBefore } from './composition-retention.ts';
import { compositions } from './composition-table.ts';

test('compositions go that ended before a time, and none else', async (t) => {
  const store = await openTestStore(t);
  const ended = (id: string, endTime: Date) => ({ ...compositionRecord('a'), id, state: 'STOPPED' as const, endTime });
  const time = new Date('2026-11-22T20:00:00Z');
  await store.write(async (trx) => {
    await compositions.insert(trx, scope, ended('older0000000', new Date(time.getTime() - 1)));
    await compositions.insert(trx, scope, ended('newer0000000', time));
    await compositions.insert(trx, scope, { ...compositionRecord('a'), id: 'running00000' });
  });
  assert.equal(await store.write((trx) => deleteCompositionsEndedBefore(trx, time)), 1);
  assert.equal(await store.write((trx) => deleteCompositionsEndedBefore(trx, time)), 0);
  const left = await store.db.selectFrom('compositions').select('id').orderBy('seq').execute();
  assert.deepEqual(
    left.map(({ id }) => id),
    ['newer0000000', 'running00000'],
  );
});

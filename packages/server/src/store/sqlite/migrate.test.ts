import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/migrations.ts';

const now = new Date('2026-11-21T20:00:00Z');
const first = 'create table notes (text text) strict';
const second = "alter table notes add column author text; update notes set author = 'unknown'";

function rows(database: DatabaseSync, sql: string): object[] {
  return database
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }));
}

test('every step is taken once, in order, and keeps what is there', () => {
  const database = new DatabaseSync(':memory:');
  migrate(database, [first], now);
  database.exec("insert into notes values ('hello')");
  migrate(database, [first, second], now);
  migrate(database, [first, second], now);
  assert.deepEqual(rows(database, 'select * from notes'), [{ text: 'hello', author: 'unknown' }]);
  assert.deepEqual(rows(database, 'select * from schema_versions'), [
    { version: 1, applied_time_ms: now.getTime() },
    { version: 2, applied_time_ms: now.getTime() },
  ]);
});

test('a step that somebody else takes meanwhile is not taken again', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'proscenium.db');
  const other = new DatabaseSync(file);
  t.after(() => other.close());
  /** A connection that is overtaken just before it gets the lock. */
  class SlowConnection extends DatabaseSync {
    override exec(sql: string): void {
      if (sql === 'begin immediate') migrate(other, [first, second], now);
      super.exec(sql);
    }
  }
  const slow = new SlowConnection(file);
  t.after(() => slow.close());
  migrate(slow, [first, second], new Date('2026-11-22T20:00:00Z'));
  assert.deepEqual(rows(slow, 'select * from schema_versions'), [
    { version: 1, applied_time_ms: now.getTime() },
    { version: 2, applied_time_ms: now.getTime() },
  ]);
});

test('a step that fails half-way leaves nothing behind', () => {
  const database = new DatabaseSync(':memory:');
  const broken = 'create table tasks (text text); insert into nowhere values (1)';
  assert.throws(() => migrate(database, [first, broken], now), /nowhere/);
  assert.equal(database.isTransaction, false);
  assert.deepEqual(rows(database, "select name from sqlite_schema where name in ('notes', 'tasks')"), [
    { name: 'notes' },
  ]);
  assert.deepEqual(rows(database, 'select version from schema_versions'), [{ version: 1 }]);
});

test('a database of a newer server is refused and left alone', () => {
  const database = new DatabaseSync(':memory:');
  migrate(database, [first, second], now);
  assert.throws(() => migrate(database, [first], now), /schema version 2, and this server knows no later one than 1/);
  assert.deepEqual(rows(database, 'select version from schema_versions'), [{ version: 1 }, { version: 2 }]);
});

test('the schema of this server can be made', () => {
  const database = new DatabaseSync(':memory:');
  migrate(database, migrations, now);
  assert.deepEqual(rows(database, 'pragma foreign_key_check'), []);
});

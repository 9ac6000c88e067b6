import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { copyDatabase } from './copy-database.ts';
import { openForWriting } from './database-file.ts';

test('a copy is the database as it was when it was begun, whatever is written meanwhile', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-copy-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'proscenium.db');
  const writing = openForWriting(file);
  t.after(() => writing.close());
  writing.exec('create table notes (text text) strict');
  // More than is copied at a time.
  const insert = writing.prepare('insert into notes values (?)');
  writing.exec('begin');
  for (let index = 0; index < 5_000; index += 1) insert.run('x'.repeat(1_000));
  writing.exec('commit');

  let steps = 0;
  const parts: number[] = [];
  const copy = join(folder, 'copy.db');
  await copyDatabase(file, copy, (part) => {
    parts.push(part);
    steps += 1;
    insert.run(`meanwhile ${steps}`);
  });
  assert.ok(steps > 1);
  assert.deepEqual(
    parts,
    parts.toSorted((one, two) => one - two),
  );
  const reading = new DatabaseSync(copy, { readOnly: true });
  t.after(() => reading.close());
  assert.equal(reading.prepare('select count(*) as count from notes').get()?.count, 5_000);
  assert.equal(writing.prepare('select count(*) as count from notes').get()?.count, 5_000 + steps);
  assert.equal((await stat(copy)).mode & 0o777, 0o600);
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith('copy')),
    ['copy.db'],
  );
});

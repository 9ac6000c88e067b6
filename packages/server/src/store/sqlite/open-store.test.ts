import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import type { Database, Store } from '../store.ts';
import { openStore } from './open-store.ts';

const clock = { now: () => new Date() };

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-store-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

async function newStore(
  t: TestContext,
  limits?: Parameters<typeof openStore>[0]['limits'],
): Promise<{ store: Store; file: string }> {
  const file = join(await newFolder(t), 'proscenium.db');
  const store = await openStore({ file, clock, limits });
  t.after(() => store.close());
  return { store, file };
}

async function keep(trx: Database, name: string): Promise<void> {
  await trx.insertInto('secrets').values({ name, value: name }).execute();
}

async function kept(db: Database): Promise<string[]> {
  const rows = await db.selectFrom('secrets').select('name').orderBy('name').execute();
  return rows.map(({ name }) => name);
}

test('the database and its folder are made for their owner alone', async (t) => {
  const folder = join(await newFolder(t), 'data');
  const file = join(folder, 'proscenium.db');
  const store = await openStore({ file, clock });
  t.after(() => store.close());
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  for (const name of [file, `${file}-wal`, `${file}-shm`]) assert.equal((await stat(name)).mode & 0o777, 0o600, name);
});

test('a database that others may read is closed to them', async (t) => {
  const { store, file } = await newStore(t);
  await store.close();
  await chmod(file, 0o644);
  const again = await openStore({ file, clock });
  t.after(() => again.close());
  assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test('a file that is no database is refused', async (t) => {
  const file = join(await newFolder(t), 'proscenium.db');
  await writeFile(file, 'notes to self, not a database, but long enough to look like one'.repeat(20));
  await assert.rejects(openStore({ file, clock }), /not a database/);
});

test('a write is there for readers once it resolves, and not before', async (t) => {
  const { store } = await newStore(t);
  let seenInside: string[] = [];
  let seenOutside: string[] = [];
  const result = await store.write(async (trx) => {
    await keep(trx, 'a');
    seenInside = await kept(trx);
    seenOutside = await kept(store.db);
    return 42;
  });
  assert.equal(result, 42);
  assert.deepEqual(seenInside, ['a']);
  assert.deepEqual(seenOutside, []);
  assert.deepEqual(await kept(store.db), ['a']);
});

test('what was written is there after opening again', async (t) => {
  const { store, file } = await newStore(t);
  await store.write((trx) => keep(trx, 'a'));
  await store.close();
  const again = await openStore({ file, clock });
  t.after(() => again.close());
  assert.deepEqual(await kept(again.db), ['a']);
});

test('a job that throws takes back itself, and nothing of the jobs beside it', async (t) => {
  const { store } = await newStore(t);
  const outcomes = await Promise.allSettled([
    store.write((trx) => keep(trx, 'a')),
    store.write(async (trx) => {
      await keep(trx, 'b');
      throw new Error('changed my mind');
    }),
    store.write((trx) => keep(trx, 'a')),
    store.write((trx) => keep(trx, 'c')),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
  );
  assert.match(String((outcomes[1] as PromiseRejectedResult).reason), /changed my mind/);
  assert.match(String((outcomes[2] as PromiseRejectedResult).reason), /UNIQUE constraint failed: secrets.name/);
  assert.deepEqual(await kept(store.db), ['a', 'c']);
});

test('a job that catches a failed statement goes on', async (t) => {
  const { store } = await newStore(t);
  await store.write((trx) => keep(trx, 'a'));
  await store.write(async (trx) => {
    await assert.rejects(keep(trx, 'a'), { name: 'StatementFailed' });
    await keep(trx, 'b');
  });
  assert.deepEqual(await kept(store.db), ['a', 'b']);
});

test('jobs run one after the other, in the order of the calls', async (t) => {
  const { store } = await newStore(t);
  const steps: string[] = [];
  await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      store.write(async (trx) => {
        steps.push(`${name} begins`);
        await keep(trx, name);
        await setImmediate();
        steps.push(`${name} ends`);
      }),
    ),
  );
  assert.deepEqual(steps, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('a write that waits for the disk stops neither the event loop nor readers', async (t) => {
  const { store, file } = await newStore(t);
  await store.write((trx) => keep(trx, 'a'));
  const other = new DatabaseSync(file);
  t.after(() => other.close());
  other.exec('begin immediate');

  let written = false;
  const writing = store
    .write((trx) => keep(trx, 'b'))
    .then(() => {
      written = true;
    });
  for (let turn = 0; turn < 50; turn += 1) {
    await setImmediate();
    assert.deepEqual(await kept(store.db), ['a']);
  }
  assert.equal(written, false);

  other.exec('rollback');
  await writing;
  assert.deepEqual(await kept(store.db), ['a', 'b']);
});

test('readers always see whole transactions while writes go on', async (t) => {
  const { store } = await newStore(t);
  let writing = true;
  const writes = (async () => {
    for (let pair = 0; pair < 50; pair += 1) {
      await store.write(async (trx) => {
        await keep(trx, `${pair} left`);
        await keep(trx, `${pair} right`);
      });
    }
    writing = false;
  })();
  let reads = 0;
  while (writing) {
    assert.equal((await kept(store.db)).length % 2, 0);
    reads += 1;
    await setImmediate();
  }
  await writes;
  assert.ok(reads > 0);
  assert.equal((await kept(store.db)).length, 100);
});

test('the read connection cannot write', async (t) => {
  const { store } = await newStore(t);
  await assert.rejects(keep(store.db, 'a'), /readonly/);
});

test('a job cannot open a transaction of its own', async (t) => {
  const { store } = await newStore(t);
  await assert.rejects(
    store.write((trx) => trx.transaction().execute((inner) => keep(inner, 'a'))),
    /Transactions are made by Store.write/,
  );
});

test('foreign keys hold', async (t) => {
  const { store } = await newStore(t);
  await assert.rejects(
    store.write((trx) =>
      trx
        .insertInto('disconnected_participants')
        .values({ stage_seq: 1, participant_id: 'p', reason: '', disconnected_time_ms: 0 })
        .execute(),
    ),
    /FOREIGN KEY constraint failed/,
  );
});

test('a job that takes too long is taken back and can do nothing any more', async (t) => {
  const { store } = await newStore(t, { waitingJobs: 10, jobDurationMs: 20 });
  const resumed = Promise.withResolvers<void>();
  const after = Promise.withResolvers<void>();
  const slow = store.write(async (trx) => {
    await keep(trx, 'slow');
    await resumed.promise;
    keep(trx, 'too late').then(
      () => after.reject(new Error('it could still write')),
      () => after.resolve(),
    );
  });
  const next = store.write((trx) => keep(trx, 'next'));
  await assert.rejects(slow, { name: 'ServiceUnavailable', message: /took too long/ });
  await next;
  resumed.resolve();
  await after.promise;
  assert.deepEqual(await kept(store.db), ['next']);
});

test('more jobs than may wait are turned away', async (t) => {
  const { store } = await newStore(t, { waitingJobs: 2, jobDurationMs: 5_000 });
  const jobs = ['a', 'b', 'c'].map((name) => store.write((trx) => keep(trx, name)));
  await assert.rejects(Promise.all(jobs), { name: 'ServiceUnavailable' });
  await Promise.allSettled(jobs);
  assert.deepEqual(await kept(store.db), ['a', 'b']);
  await store.write((trx) => keep(trx, 'd'));
});

test('closing finishes the writes under way and turns new ones away', async (t) => {
  const { store, file } = await newStore(t);
  const writing = store.write((trx) => keep(trx, 'a'));
  const closing = store.close();
  await assert.rejects(
    store.write((trx) => keep(trx, 'b')),
    /store is closed/,
  );
  await writing;
  await closing;
  await store.close();
  await assert.rejects(kept(store.db), /store is closed/);
  const again = await openStore({ file, clock });
  t.after(() => again.close());
  assert.deepEqual(await kept(again.db), ['a']);
});

test('when the writer dies the store says so and refuses everything', async (t) => {
  const started = once(process, 'worker') as Promise<[Worker]>;
  const { store, file } = await newStore(t);
  const [worker] = await started;
  await store.write((trx) => keep(trx, 'a'));
  const other = new DatabaseSync(file);
  t.after(() => other.close());
  other.exec('begin immediate');
  const underway = store.write((trx) => keep(trx, 'b'));
  const waiting = store.write((trx) => keep(trx, 'c'));
  // The thread hangs in SQLite until the lock is gone.
  const terminated = worker.terminate();
  other.exec('rollback');
  const outcomes = await Promise.allSettled([underway, waiting]);
  await terminated;
  assert.match(String(await store.died), /thread that writes the database has died/);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') assert.match(String(outcome.reason), /has died/);
  }
  await assert.rejects(
    store.write((trx) => keep(trx, 'd')),
    /has died/,
  );
  await assert.rejects(kept(store.db), /has died/);
  await store.close();
});

test('a commit waits until the log is on the disk', async (t) => {
  const { store } = await newStore(t);
  const pragma = (name: string) =>
    store.write(async (trx) => (await sql`pragma ${sql.raw(name)}`.execute(trx)).rows[0] as Record<string, unknown>);
  assert.deepEqual({ ...(await pragma('journal_mode')) }, { journal_mode: 'wal' });
  // https://sqlite.org/pragma.html#pragma_synchronous: 2 is FULL, the least that syncs the log at every commit.
  assert.deepEqual({ ...(await pragma('synchronous')) }, { synchronous: 2 });
  assert.deepEqual({ ...(await pragma('fullfsync')) }, { fullfsync: 1 });
});

test('what was reported as committed survives the violent end of the process', async (t) => {
  const file = join(await newFolder(t), 'proscenium.db');
  const child = fork(new URL('./committer.fixture.ts', import.meta.url), [file]);
  t.after(() => child.kill('SIGKILL'));
  const committed: string[] = [];
  // It writes without an end, many at a time, and tells of each write that resolved.
  child.on('message', (name) => {
    committed.push(String(name));
    if (committed.length === 100) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'exit');
  assert.equal(signal, 'SIGKILL');
  assert.ok(committed.length >= 100);

  const store = await openStore({ file, clock });
  t.after(() => store.close());
  const survived = new Set(await kept(store.db));
  assert.deepEqual(
    committed.filter((name) => !survived.has(name)),
    [],
  );
});

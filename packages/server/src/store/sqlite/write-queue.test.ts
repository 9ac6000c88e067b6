import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { sql } from 'kysely';
import type { Database } from '../store.ts';
import { Statements } from './statements.ts';
import { WriteQueue } from './write-queue.ts';

/** A queue over a real database in this thread, that writes down every statement. */
function openQueue() {
  const database = new DatabaseSync(':memory:');
  database.exec('create table secrets (name text primary key, value text not null)');
  const statements = new Statements(database);
  const log: string[] = [];
  const fail = new Set<string>();
  const queue = new WriteQueue(
    async (text, parameters) => {
      log.push(text);
      if (fail.has(text)) throw new Error(`${text} failed`);
      return statements.run(text, parameters);
    },
    { waitingJobs: 1_000, jobDurationMs: 5_000 },
  );
  const kept = () =>
    database
      .prepare('select name from secrets order by name')
      .all()
      .map((row) => row.name);
  const commits = () => log.filter((text) => text === 'commit').length;
  return { queue, log, fail, kept, commits };
}

function keep(trx: Database, name: string) {
  return trx.insertInto('secrets').values({ name, value: name }).execute();
}

test('jobs asked for in the same breath share one commit', async () => {
  const { queue, kept, commits } = openQueue();
  await Promise.all(['a', 'b', 'c'].map((name) => queue.write((trx) => keep(trx, name))));
  assert.equal(commits(), 1);
  assert.deepEqual(kept(), ['a', 'b', 'c']);
});

test('jobs that come while others are being written share the next commit', async () => {
  const { queue, commits } = openQueue();
  const later: Promise<unknown>[] = [];
  await queue.write(async (trx) => {
    for (const name of ['b', 'c', 'd']) later.push(queue.write((next) => keep(next, name)));
    await keep(trx, 'a');
  });
  await Promise.all(later);
  assert.equal(commits(), 2);
});

test('nobody hears of success before the commit', async () => {
  const { queue, log } = openQueue();
  const order: string[] = [];
  await Promise.all(
    ['a', 'b'].map(async (name) => {
      await queue.write((trx) => keep(trx, name));
      order.push(log.at(-1) ?? '');
    }),
  );
  assert.deepEqual(order, ['commit', 'commit']);
});

test('when the commit fails every job of it fails', async () => {
  const { queue, fail, kept } = openQueue();
  fail.add('commit');
  const outcomes = await Promise.allSettled(['a', 'b'].map((name) => queue.write((trx) => keep(trx, name))));
  assert.deepEqual(
    outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason.message),
    ['commit failed', 'commit failed'],
  );
  assert.deepEqual(kept(), []);

  fail.clear();
  await queue.write((trx) => keep(trx, 'c'));
  assert.deepEqual(kept(), ['c']);
});

test('when the transaction cannot begin every job of it fails with the reason', async () => {
  const { queue, fail, kept } = openQueue();
  fail.add('begin immediate');
  const outcomes = await Promise.allSettled(['a', 'b'].map((name) => queue.write((trx) => keep(trx, name))));
  assert.deepEqual(
    outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason.message),
    ['begin immediate failed', 'begin immediate failed'],
  );
  assert.deepEqual(kept(), []);
});

test('a job whose transaction is lost while it works does nothing in the next one', async () => {
  const { queue, fail, kept } = openQueue();
  fail.add('savepoint job');
  const goOn = Promise.withResolvers<void>();
  const slow = queue.write(async (trx) => {
    await goOn.promise;
    await keep(trx, 'late');
  });
  const next = queue.write((trx) => keep(trx, 'next'));
  await Promise.resolve();
  fail.clear();
  goOn.resolve();
  await assert.rejects(slow, /savepoint job failed/);
  await assert.rejects(next, /savepoint job failed/);
  await queue.write((trx) => keep(trx, 'after'));
  assert.deepEqual(kept(), ['after']);
});

test('when the engine takes back the whole transaction every job of it fails', async () => {
  const { queue, kept } = openQueue();
  const outcomes = await Promise.allSettled([
    queue.write((trx) => keep(trx, 'a')),
    queue.write((trx) => sql`rollback`.execute(trx)),
    queue.write((trx) => keep(trx, 'c')),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  assert.deepEqual(kept(), []);
});

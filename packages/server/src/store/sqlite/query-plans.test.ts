import assert from 'node:assert/strict';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import {
  type Operation,
  type OperationName,
  operations,
  ServiceError,
  type Shape,
  type StructureShape,
} from '@proscenium/model';
import { openControlPlane, scope } from '../../control-plane.fixture.ts';
import { deleteDeadLettersBefore } from '../../events/dead-letter-table.ts';
import { handledOperations } from '../../operations.ts';
import { deleteHistoryBefore } from '../../participants/history.ts';
import { namedResources, requestTo } from '../../requests.fixture.ts';
import { createScopeResources, type ScopeResources } from '../../scope-resources.fixture.ts';
import { Writer } from './writer.ts';

/** The bare request, and it with every resource that it can name, and with every filter. */
function* requestsTo(name: OperationName, resources: ScopeResources): Iterable<object> {
  yield requestTo(name, resources);
  for (const { place, type } of namedResources(name, resources)) {
    yield requestTo(name, resources, { place, value: resources.arns.get(type) });
  }
  const { properties }: StructureShape = operations[name].request;
  for (const [member, shape] of Object.entries(properties).filter(([each]) => each.startsWith('filterBy'))) {
    const value = filterValue(shape);
    if (value !== undefined) yield requestTo(name, resources, { place: [member], value });
  }
}

/** Undefined for an ARN. */
function filterValue(shape: Shape): unknown {
  if (shape['~kind'] === 'Enum') return shape.enum[0];
  if (shape['~kind'] === 'Boolean') return true;
  return shape['~kind'] === 'String' && shape.pattern === undefined ? 'alice' : undefined;
}

/** Every statement that comes to the database from here on, and the connection that reads. */
function watchStatements(t: TestContext) {
  const statements = new Set<string>();
  const connections: DatabaseSync[] = [];
  const { prepare } = DatabaseSync.prototype;
  t.mock.method(DatabaseSync.prototype, 'prepare', function (this: DatabaseSync, sql: string) {
    statements.add(sql);
    connections.push(this);
    return prepare.call(this, sql);
  });
  const { run } = Writer.prototype;
  t.mock.method(Writer.prototype, 'run', function (this: Writer, sql: string, parameters: []) {
    statements.add(sql);
    return run.call(this, sql, parameters);
  });
  return { statements, plan: (sql: string) => explain((text) => prepare.call(connections.at(-1), text), sql) };
}

function explain(prepare: (sql: string) => StatementSync, sql: string): string[] {
  return prepare(`explain query plan ${sql}`)
    .all()
    .map(({ detail }) => String(detail));
}

/** Reads every row of a table, be it to make an index for this once. */
const readsAll = (step: string) => /^SCAN|AUTOMATIC/.test(step);
const sorts = (step: string) => /TEMP B-TREE/.test(step);

test('every operation finds what it needs by an index, and lists in the order of the index', async (t) => {
  const { statements, plan } = watchStatements(t);
  const plane = await openControlPlane(t);
  const resources = await createScopeResources(plane, scope);
  // Those that delete come last, so that the others find everything.
  const names = handledOperations.toSorted((a, b) => Number(a.startsWith('Delete')) - Number(b.startsWith('Delete')));
  for (const name of names) {
    for (const request of requestsTo(name, resources)) {
      await plane.call(name, request).catch((error) => assert.ok(error instanceof ServiceError, error));
    }
  }

  const ofTables = [...statements].filter((sql) => /^(select|update|delete)/.test(sql));
  const lists = ofTables.filter((sql) => /order by \S*"seq" desc limit/.test(sql));
  t.diagnostic(`${ofTables.length} statements, ${lists.length} of them for lists`);
  for (const sql of ofTables) assert.deepEqual(plan(sql).filter(readsAll), [], sql);
  for (const sql of lists) assert.deepEqual(plan(sql).filter(sorts), [], sql);
  assert.ok(lists.length >= names.filter((name) => (operations[name] as Operation).pagination).length);
});

test('clean-up finds what is old by an index', async (t) => {
  const { statements, plan } = watchStatements(t);
  const { store } = await openControlPlane(t);
  statements.clear();
  await store.write((trx) => deleteHistoryBefore(trx, new Date()));
  await store.write((trx) => deleteDeadLettersBefore(trx, new Date(), { eventsKept: 1, limit: 1 }));
  assert.ok(statements.size > 0);
  for (const sql of statements) assert.deepEqual(plan(sql).filter(readsAll), [], sql);
});

import type { SQLInputValue } from 'node:sqlite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Tables } from '../tables.ts';
import type { StatementResult } from './statements.ts';

/** Whatever runs one statement: the read connection at once, the writer in its thread. */
export type RunStatement = (sql: string, parameters: readonly SQLInputValue[]) => Promise<StatementResult>;

/** Kysely over one connection. It opens no transactions: a read needs none and a write job already is one. */
export function kyselyOver(run: RunStatement): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createDriver: () => new OneConnection(run),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    },
  });
}

class OneConnection implements Driver, DatabaseConnection {
  readonly #run: RunStatement;

  constructor(run: RunStatement) {
    this.#run = run;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // Which values a column takes is checked at compile time, by the types of its table.
    const { rows, affectedRows } = await this.#run(query.sql, query.parameters as readonly SQLInputValue[]);
    return { rows: rows as R[], numAffectedRows: BigInt(affectedRows) };
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('The store does not stream');
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return this;
  }

  async beginTransaction(): Promise<void> {
    throw new Error('Transactions are made by Store.write');
  }

  async init(): Promise<void> {}
  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
}

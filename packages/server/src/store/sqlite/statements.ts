import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';

export type Row = Record<string, SQLOutputValue>;
export type StatementResult = { rows: Row[]; affectedRows: number };

/** Enough for every statement of the server; only lists in `in (…)` make new ones without end. */
const keptStatements = 200;

/** What returns rows is known by its columns, which take longer to ask for than many a statement to run. */
type Prepared = { statement: StatementSync; returnsRows: boolean };

/** Runs SQL and keeps the statements it has prepared, the least recently used go first. */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  run(sql: string, parameters: readonly SQLInputValue[]): StatementResult {
    const { statement, returnsRows } = this.#prepare(sql);
    if (returnsRows) return { rows: statement.all(...parameters), affectedRows: 0 };
    return { rows: [], affectedRows: Number(statement.run(...parameters).changes) };
  }

  #prepare(sql: string): Prepared {
    const prepared = this.#prepared.get(sql) ?? prepare(this.#database, sql);
    this.#prepared.delete(sql);
    this.#prepared.set(sql, prepared);
    if (this.#prepared.size > keptStatements) {
      for (const oldest of this.#prepared.keys()) {
        this.#prepared.delete(oldest);
        break;
      }
    }
    return prepared;
  }
}

function prepare(database: DatabaseSync, sql: string): Prepared {
  const statement = database.prepare(sql);
  return { statement, returnsRows: statement.columns().length > 0 };
}

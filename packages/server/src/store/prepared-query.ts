import type { Compilable, CompiledQuery } from 'kysely';
import type { Database } from './store.ts';

/**
 * A query for the hot paths: it is built once, and then only run with other values. Building takes longer than many a
 * query itself.
 *
 * @param build may put the values into the query and do nothing else with them: they are not there yet
 */
export function preparedQuery<Values extends object, Row>(
  build: (db: Database, values: Values) => Compilable<Row>,
): (db: Database, values: Values) => Promise<Row[]> {
  let prepared: CompiledQuery<Row> | undefined;
  return async (db, values) => {
    prepared ??= build(db, placeholders as Values).compile();
    const parameters = prepared.parameters.map((parameter) =>
      parameter instanceof Placeholder ? Reflect.get(values, parameter.name) : parameter,
    );
    const { rows } = await db.executeQuery<Row>({ ...prepared, parameters });
    return rows;
  };
}

/** Stands for the value of a name. */
class Placeholder {
  readonly name: PropertyKey;

  constructor(name: PropertyKey) {
    this.name = name;
  }
}

const placeholders: object = new Proxy({}, { get: (_, name) => new Placeholder(name) });

import { sql } from 'kysely';
import type { Database } from '../store.ts';
import type { Tables } from '../tables.ts';

/** Which steps the schema has taken; not one of the service's own tables. */
const schemaVersions = 'schema_versions';

/** Removes all rows of all tables but the ones that are kept. Row numbers go on where they were. */
export async function emptyTables(trx: Database, kept: readonly (keyof Tables)[]): Promise<void> {
  // Tables refer to each other: what matters is that nothing dangles in the end.
  await sql`pragma defer_foreign_keys = on`.execute(trx);
  const tables = await trx.introspection.getTables();
  for (const { name } of tables) {
    const table = name as keyof Tables;
    if (name !== schemaVersions && !kept.includes(table)) await trx.deleteFrom(table).execute();
  }
}

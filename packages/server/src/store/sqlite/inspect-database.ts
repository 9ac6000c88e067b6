import type { DatabaseSync } from 'node:sqlite';
import { openForReading } from './database-file.ts';
import { schemaVersion } from './migrate.ts';
import { migrations } from './migrations/migrations.ts';

export type DatabaseInspection =
  | {
      /** What SQLite finds wrong with the file, a line each; none when it is whole. */
      readonly faults: readonly string[];
      readonly schemaVersion: number;
      /** The newest one that this server knows. */
      readonly knownVersion: number;
    }
  /** Why nothing can be said of it. */
  | { readonly unreadable: string };

/** Which schema a database has, and which is the newest that is known here. @throws when it cannot be read */
export function inspectSchema(file: string): { readonly version: number; readonly knownVersion: number } {
  const database = openForReading(file);
  try {
    return { version: versionOf(database), knownVersion: migrations.length };
  } finally {
    database.close();
  }
}

/** Looks a database through without changing it. A server may run on it. It takes as long as the file is large. */
export function inspectDatabase(file: string): DatabaseInspection {
  let database: DatabaseSync | undefined;
  try {
    database = openForReading(file);
    const faults = database
      .prepare('pragma quick_check(10)')
      .all()
      .map((row) => String(row.quick_check))
      .filter((line) => line !== 'ok');
    return { faults, schemaVersion: versionOf(database), knownVersion: migrations.length };
  } catch (error) {
    return { unreadable: (error as Error).message };
  } finally {
    database?.close();
  }
}

function versionOf(database: DatabaseSync): number {
  const hasVersions = database.prepare("select 1 from sqlite_schema where name = 'schema_versions'").get();
  return hasVersions === undefined ? 0 : schemaVersion(database);
}

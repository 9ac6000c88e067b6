import type { DatabaseSync } from 'node:sqlite';

/**
 * Brings the database up to the newest schema, one transaction for each step. Somebody else may do the same at the same
 * time.
 *
 * @throws when a newer version of the server has written to the database
 */
export function migrate(database: DatabaseSync, migrations: readonly string[], now: Date): void {
  database.exec(
    'create table if not exists schema_versions (version integer primary key, applied_time_ms integer not null) strict',
  );
  const version = schemaVersion(database);
  if (version > migrations.length) {
    throw new Error(
      `The database has schema version ${version}, and this server knows no later one than ${migrations.length}: ` +
        'it was written by a newer server. Start that one, or restore a backup made before it.',
    );
  }
  for (const [index, statements] of migrations.entries()) {
    if (index >= version) takeStep(database, statements, index + 1, now);
  }
}

/** 0 before the first step. */
export function schemaVersion(database: DatabaseSync): number {
  const row = database.prepare('select coalesce(max(version), 0) as version from schema_versions').get();
  return Number(row?.version);
}

function takeStep(database: DatabaseSync, statements: string, version: number, now: Date): void {
  database.exec('begin immediate');
  try {
    // Only now nobody else can take it.
    if (schemaVersion(database) < version) {
      database.exec(statements);
      database
        .prepare('insert into schema_versions (version, applied_time_ms) values (?, ?)')
        .run(version, now.getTime());
    }
    database.exec('commit');
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}

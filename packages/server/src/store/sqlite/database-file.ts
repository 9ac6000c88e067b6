import { chmod, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** How long a statement waits for another process (a backup, a look with `sqlite3`) to let go of the file. */
const busyTimeoutMs = 5_000;

/**
 * Makes the file if it is missing. Nobody but its owner may read it, for it holds keys; SQLite gives the files that it
 * puts beside it the same mode.
 */
export async function createDatabaseFile(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a', 0o600);
  await handle.close();
  await chmod(file, 0o600);
}

export function openForWriting(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
  database.exec('pragma journal_mode = wal');
  // FULL syncs the log at every commit (NORMAL only at checkpoints); fullfsync makes that reach the disk on macOS too.
  database.exec('pragma synchronous = full');
  database.exec('pragma fullfsync = on');
  return database;
}

export function openForReading(file: string): DatabaseSync {
  return new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs });
}

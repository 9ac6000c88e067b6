import { backup, DatabaseSync } from 'node:sqlite';
import { createDatabaseFile, openForReading } from './database-file.ts';

/** 4 KiB each, as a rule: what is copied before others have their turn. */
const pagesAtOnce = 256;

/**
 * Copies a database as it is now, also while a server writes to it, which is not held up: what is written meanwhile is not in the
 * copy.
 *
 * @param copy a file that is not there yet
 * @param onProgress is told which part is done, from 0 to 1
 */
export async function copyDatabase(file: string, copy: string, onProgress: (part: number) => void): Promise<void> {
  const source = openForReading(file);
  try {
    // Within a transaction the source stays as it is. Otherwise every write of the server would have the copy begin anew.
    source.exec('begin');
    source.prepare('select count(*) from sqlite_schema').get();
    await createDatabaseFile(copy);
    await backup(source, copy, {
      rate: pagesAtOnce,
      progress: ({ totalPages, remainingPages }) => onProgress(1 - remainingPages / totalPages),
    });
  } finally {
    source.close();
  }
  const copied = new DatabaseSync(copy);
  try {
    // All of it in one file.
    copied.exec('pragma journal_mode = delete');
  } finally {
    copied.close();
  }
}

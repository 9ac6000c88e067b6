import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const lockFileName = 'lock';
/** https://sqlite.org/rescode.html#busy */
const sqliteBusy = 5;

/**
 * Makes the data folder, for its owner alone, where there is none, and takes it for this server. What locks it is SQLite,
 * by a file of its own: the operating system lets go of that when the process ends, in whatever way.
 *
 * @returns lets go of it
 * @throws when another server has it
 */
export async function takeDataFolder(folder: string): Promise<() => void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, lockFileName);
  const handle = await open(file, 'a', 0o600);
  await handle.close();
  const lock = new DatabaseSync(file);
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new Error(
      `Another server works on the data folder ${folder}. End that one first, or give this one a folder of its own.`,
    );
  }
  return () => lock.close();
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;
}

import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TEMPORARY_ENDING } from './folder-layout.ts';

const OWNER_ONLY = 0o600;

/**
 * Writes a file below a folder so that whoever looks sees all of it or nothing. Folders are made.
 *
 * @param path relative, with `/`
 */
export async function writeFileWhole(folder: string, path: string, content: Buffer | string): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}${TEMPORARY_ENDING}`, content, { mode: OWNER_ONLY });
  await rename(`${file}${TEMPORARY_ENDING}`, file);
}

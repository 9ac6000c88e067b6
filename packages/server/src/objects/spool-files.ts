import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { BucketName } from './object-store.ts';

/** @property prefix of the keys, without a slash at the end */
export type UploadPlace = BucketName & { readonly prefix: string };

/** A file that is to be uploaded as it was when it was added. */
export type WaitingFile = {
  /** Below the folder, with slashes. */
  readonly file: string;
  readonly keep: boolean;
  readonly bytes: number;
  /** Another name of the same bytes, which stays when the file is replaced. It is what remembers the upload. */
  readonly entry: string;
};

/** What the folder of a recording holds. */
export interface SpooledFiles {
  readonly place: UploadPlace;
  /** The next one first, each file once. */
  readonly waiting: WaitingFile[];
  /** Bytes of all others, by file. */
  readonly kept: Map<string, number>;
  /** Greater than that of any file that waits. */
  readonly nextNumber: number;
}

/** Writes down where the files go, which makes the folder one that another server goes on with. */
export async function writePlace(folder: string, place: UploadPlace): Promise<void> {
  const written = join(folder, 'place.json.new');
  const handle = await open(written, 'w', 0o600);
  await handle.writeFile(JSON.stringify(place));
  await handle.sync();
  await handle.close();
  await rename(written, join(folder, 'place.json'));
}

const longestEntryName = 255;

/** Of a {@link WaitingFile}. Their order is that of the numbers. */
export function entryName(number: number, file: string, keep: boolean): string {
  const name = `${String(number).padStart(12, '0')}${keep ? '+' : '-'}${encodeURIComponent(file)}`;
  if (name.length > longestEntryName) throw new Error('The name of the file is too long');
  return name;
}

/** Undefined when nothing says where the files go. */
export async function readSpooledFolder(folder: string): Promise<SpooledFiles | undefined> {
  const place = await readPlace(folder);
  if (place === undefined) return undefined;
  const waiting = new Map<string, WaitingFile>();
  let nextNumber = 1;
  for (const name of (await readdir(join(folder, 'queue'))).sort()) {
    const [, number, mark, encoded] = /^(\d{12})([+-])(.+)$/.exec(name) ?? [];
    if (number === undefined || encoded === undefined) continue;
    const file = decodeURIComponent(encoded);
    const entry = join(folder, 'queue', name);
    const earlier = waiting.get(file);
    // The earlier server was killed before it could remove what the new one replaces.
    if (earlier !== undefined) await rm(earlier.entry);
    waiting.delete(file);
    waiting.set(file, { file, keep: mark === '+', bytes: (await stat(entry)).size, entry });
    nextNumber = Number(number) + 1;
  }
  return { place, waiting: [...waiting.values()], kept: await readKept(join(folder, 'files'), waiting), nextNumber };
}

async function readPlace(folder: string): Promise<UploadPlace | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'place.json'), 'utf8'));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
}

async function readKept(files: string, waiting: ReadonlyMap<string, WaitingFile>): Promise<Map<string, number>> {
  const kept = new Map<string, number>();
  for (const entry of await readdir(files, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const file = relative(files, path).split(sep).join('/');
    if (!waiting.has(file)) kept.set(file, (await stat(path)).size);
  }
  return kept;
}

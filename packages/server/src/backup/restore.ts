import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { takeDataFolder } from '../data-folder.ts';
import { inspectDatabase } from '../store/sqlite/inspect-database.ts';
import { BackupError } from './backup-error.ts';
import {
  arrivals,
  type BackupFolders,
  type BackupProgress,
  type BackupSummary,
  databaseName,
  dataPath,
  type Manifest,
  manifestName,
  objectArrivals,
  objectsPath,
  objectsWithinData,
  ofEmptyFolder,
} from './contents.ts';
import { type ArchivedEntry, readArchive } from './read-archive.ts';

export type RestoreOptions = {
  readonly folders: BackupFolders;
  readonly input: AsyncIterable<Buffer>;
  readonly onProgress?: (progress: BackupProgress) => void;
};

/** The folders of arrivals. */
type Staging = { readonly data: string; readonly objects: string | undefined };

const longestManifest = 65_536;

/**
 * Puts a backup into a data folder that is empty or not there, and objects where the configuration has them. Nothing is in its
 * place before everything was read and looked through; the database comes last.
 *
 * @throws BackupError when the backup or the place is not good; the place is empty again then
 */
export async function restore({ folders, input, onProgress = () => {} }: RestoreOptions): Promise<BackupSummary> {
  const letGo = await takeDataFolder(folders.data);
  try {
    await checkEmpty(folders);
    const staging = { data: join(folders.data, arrivals), objects: folders.objects && join(folders.objects, arrivals) };
    await discard(staging);
    try {
      const summary = await extract(input, staging, onProgress);
      checkDatabase(join(staging.data, databaseName));
      if (staging.objects !== undefined && summary.objects) await moveUp(staging.objects);
      await moveUp(staging.data);
      return summary;
    } finally {
      await discard(staging);
    }
  } finally {
    letGo();
  }
}

/** Also what an interrupted restore has left. */
async function discard(staging: Staging): Promise<void> {
  await rm(staging.data, { recursive: true, force: true });
  if (staging.objects !== undefined) await rm(staging.objects, { recursive: true, force: true });
}

async function checkEmpty(folders: BackupFolders): Promise<void> {
  const nothing = [...ofEmptyFolder];
  const inside = objectsWithinData(folders);
  if (inside !== undefined) nothing.push(inside);
  const objects = folders.objects === undefined ? [] : await namesIn(folders.objects);
  const isTaken =
    (await namesIn(folders.data)).some((name) => !nothing.includes(name)) ||
    objects.some((name) => ![...ofEmptyFolder, objectArrivals].includes(name));
  if (!isTaken) return;
  const where =
    folders.objects === undefined || inside !== undefined ? folders.data : `${folders.data} or ${folders.objects}`;
  throw new BackupError(`There is something in ${where} already: move it away first`);
}

async function extract(
  input: AsyncIterable<Buffer>,
  staging: Staging,
  onProgress: (progress: BackupProgress) => void,
): Promise<BackupSummary> {
  let manifest: Manifest | undefined;
  let [files, bytes] = [0, 0];
  await mkdir(staging.data, { recursive: true, mode: 0o700 });
  for await (const entry of readArchive(input)) {
    if (manifest === undefined) {
      manifest = await readManifest(entry);
      if (manifest.objects && staging.objects === undefined) {
        throw new BackupError(
          'The backup has objects, and the configuration has them in another store: set objects.store to folder',
        );
      }
      continue;
    }
    const place = placeOf(entry.path, staging);
    if (entry.type === 'folder') {
      await mkdir(place, { recursive: true, mode: 0o700 });
      continue;
    }
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    await pipeline(entry.content, createWriteStream(place, { mode: 0o600, flags: 'wx', flush: true }));
    await utimes(place, entry.modified, entry.modified);
    files += 1;
    bytes += entry.bytes;
    onProgress({ what: 'files', files, bytes });
  }
  if (manifest === undefined) throw new BackupError('The file is no backup');
  return { madeAt: manifest.madeAt, files, bytes, objects: manifest.objects };
}

async function readManifest({ path, bytes, content }: ArchivedEntry): Promise<Manifest> {
  if (path !== manifestName || bytes > longestManifest) throw new BackupError('The file is no backup of Proscenium');
  const text = Buffer.concat(await Array.fromAsync(content)).toString();
  const manifest = parseObject(text) as Partial<Manifest>;
  if (manifest.format !== 1) throw new BackupError('The backup was made by a newer version: use that one');
  return { objects: false, madeAt: '', schemaVersion: 0, ...manifest, format: 1 };
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new BackupError('The file is no backup of Proscenium');
}

function placeOf(path: string, staging: Staging): string {
  const [root, ...rest] = path.split('/');
  const folder = root === dataPath ? staging.data : root === objectsPath ? staging.objects : undefined;
  if (folder === undefined) throw new BackupError(`The backup holds ${root}, which no backup holds`);
  return join(folder, ...rest);
}

function checkDatabase(file: string): void {
  const inspection = inspectDatabase(file);
  if ('unreadable' in inspection)
    throw new BackupError(`The database of the backup cannot be read: ${inspection.unreadable}`);
  const { faults, schemaVersion, knownVersion } = inspection;
  if (faults.length > 0) throw new BackupError(`The database of the backup is damaged: ${faults.join('; ')}`);
  if (schemaVersion > knownVersion) {
    throw new BackupError('The backup is of a newer server: restore it with the command of that one');
  }
}

/** The database last: a folder without one is a new one. */
async function moveUp(staging: string): Promise<void> {
  const names = await namesIn(staging);
  const isLast = (name: string) => Number(name === databaseName);
  for (const name of names.sort((one, other) => isLast(one) - isLast(other))) {
    await rename(join(staging, name), join(dirname(staging), name));
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

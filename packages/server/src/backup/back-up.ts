import { existsSync } from 'node:fs';
import { open, opendir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { copyDatabase } from '../store/sqlite/copy-database.ts';
import { inspectSchema } from '../store/sqlite/inspect-database.ts';
import { ArchiveWriter } from './archive-writer.ts';
import { BackupError } from './backup-error.ts';
import {
  arrivals,
  type BackupFolders,
  type BackupProgress,
  type BackupSummary,
  databaseName,
  dataPath,
  leftOut,
  type Manifest,
  manifestName,
  objectArrivals,
  objectsPath,
  objectsWithinData,
  spoolName,
} from './contents.ts';

export type BackUpOptions = {
  readonly folders: BackupFolders;
  readonly output: Writable;
  /** Empty: the copy of the database lies there for a while, and needs as much room as that. */
  readonly passingFolder: string;
  readonly clock: Clock;
  readonly onProgress?: (progress: BackupProgress) => void;
};

const chunkBytes = 1_048_576;

/**
 * Writes all that outlives a server into an archive, whether it runs or not. The order is what makes it consistent: the database
 * first, as it is at one instant; then what waits for the object store; then objects. What gets from one of these to the next
 * meanwhile is in the backup twice, and nothing is missing.
 *
 * @throws BackupError
 */
export async function backUp(options: BackUpOptions): Promise<BackupSummary> {
  const { folders, output, passingFolder, clock, onProgress = () => {} } = options;
  const file = join(folders.data, databaseName);
  if (!existsSync(file))
    throw new BackupError(`There is no database in ${folders.data}: name the server's data folder`);
  const madeAt = clock.now();
  const writer = new ArchiveWriter(output);
  const files = new FileWriter(writer, onProgress);
  const withObjects = folders.objects !== undefined && existsSync(folders.objects);

  const copy = join(passingFolder, databaseName);
  try {
    await copyDatabase(file, copy, (part) => onProgress({ what: 'database', part, files: 0, bytes: 0 }));
    const manifest: Manifest = {
      format: 1,
      madeAt: madeAt.toISOString(),
      schemaVersion: inspectSchema(copy).version,
      objects: withObjects,
    };
    const text = Buffer.from(`${JSON.stringify(manifest)}\n`);
    await writer.file({ path: manifestName, bytes: text.length, modified: madeAt }, [text]);
    await files.add(copy, `${dataPath}/${databaseName}`);
  } finally {
    await rm(copy, { force: true });
  }

  await addSpool(files, join(folders.data, spoolName), `${dataPath}/${spoolName}`);
  const apart = new Set([...leftOut, spoolName, objectsWithinData(folders) ?? spoolName]);
  await files.addFolder(folders.data, dataPath, (name, isFolder) => !isFolder && !apart.has(name));
  if (withObjects && folders.objects !== undefined) {
    await files.addFolder(folders.objects, objectsPath, (name) => name !== objectArrivals && name !== arrivals);
  }
  await writer.end(madeAt);
  return { madeAt: madeAt.toISOString(), files: files.count, bytes: files.bytes, objects: withObjects };
}

/**
 * Of each folder of the spool first what waits, then the files, last what says where they go: a folder without that is one that the
 * server was removing, and the next one removes the rest.
 */
async function addSpool(files: FileWriter, spool: string, path: string): Promise<void> {
  for (const name of await namesIn(spool)) {
    const [folder, target] = [join(spool, name), `${path}/${name}`];
    await files.addFolder(join(folder, 'queue'), `${target}/queue`);
    await files.addFolder(join(folder, 'files'), `${target}/files`);
    await files.addFolder(folder, target, (each, isFolder) => !isFolder && each === 'place.json');
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await unlessGone(opendir(folder), undefined);
  if (entries === undefined) return [];
  return (await Array.fromAsync(entries)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Adds what is there; what goes away meanwhile is left out. */
class FileWriter {
  readonly #writer: ArchiveWriter;
  readonly #onProgress: (progress: BackupProgress) => void;
  count = 0;
  bytes = 0;

  constructor(writer: ArchiveWriter, onProgress: (progress: BackupProgress) => void) {
    this.#writer = writer;
    this.#onProgress = onProgress;
  }

  /** @param wants which entries of the folder itself; those below them all */
  async addFolder(
    folder: string,
    path: string,
    wants: (name: string, isFolder: boolean) => boolean = () => true,
  ): Promise<void> {
    const entries = await unlessGone(opendir(folder), undefined);
    if (entries === undefined) return;
    await this.#writer.folder(path, new Date(0));
    for await (const entry of entries) {
      const isFolder = entry.isDirectory();
      if (!wants(entry.name, isFolder)) continue;
      const [from, to] = [join(folder, entry.name), `${path}/${entry.name}`];
      if (isFolder) await this.addFolder(from, to);
      else if (entry.isFile()) await this.add(from, to);
    }
  }

  async add(file: string, path: string): Promise<void> {
    const handle = await unlessGone(open(file), undefined);
    if (handle === undefined) return;
    try {
      const { size, mtime } = await handle.stat();
      const content = handle.createReadStream({ autoClose: false, highWaterMark: chunkBytes });
      await this.#writer.file({ path, bytes: size, modified: mtime }, content as AsyncIterable<Buffer>);
      this.count += 1;
      this.bytes += size;
      this.#onProgress({ what: 'files', files: this.count, bytes: this.bytes });
    } finally {
      await handle.close();
    }
  }
}

async function unlessGone<T, Else>(work: Promise<T>, otherwise: Else): Promise<T | Else> {
  try {
    return await work;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return otherwise;
    throw error;
  }
}

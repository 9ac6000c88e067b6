import { join, relative } from 'node:path';
import type { Config } from '../config/config.ts';

/** Where the parts of a backup lie, absolute paths. */
export type BackupFolders = {
  readonly data: string;
  /** Undefined where objects are in another store, of which no backup is made here. */
  readonly objects: string | undefined;
};

export const databaseName = 'proscenium.db';
export const spoolName = 'spool';
/** Of the archive: what lies in the two folders. */
export const dataPath = 'data';
export const objectsPath = 'objects';
/** The first file of an archive. */
export const manifestName = 'proscenium-backup.json';

/** Where files arrive that are restored, until all of them are there and whole. */
export const arrivals = 'restoring';
/** Where the local object store writes what has no name yet. */
export const objectArrivals = 'arriving';
/** What a data folder may have that is empty. */
export const ofEmptyFolder = ['lock', 'lock-journal', arrivals, 'lost+found'];

/** In the data folder, and in no backup: SQLite's own, the lock of the running server, and what was not restored to its end. */
export const leftOut: ReadonlySet<string> = new Set([
  databaseName,
  `${databaseName}-wal`,
  `${databaseName}-shm`,
  `${databaseName}-journal`,
  ...ofEmptyFolder,
]);

export function foldersOf({ data, objects }: Pick<Config, 'data' | 'objects'>): BackupFolders {
  return { data, objects: objects.store === 'folder' ? objects.folder : undefined };
}

/** The name of the objects' folder where it lies directly in the data folder, as it does unless something else is set. */
export function objectsWithinData({ data, objects }: BackupFolders): string | undefined {
  if (objects === undefined) return undefined;
  const name = relative(data, objects);
  return join(data, name) === objects && /^[^./\\][^/\\]*$/.test(name) ? name : undefined;
}

/** What the manifest tells. */
export type Manifest = {
  readonly format: 1;
  readonly madeAt: string;
  readonly schemaVersion: number;
  readonly objects: boolean;
};

/** What was backed up or restored. */
export type BackupSummary = {
  /** When the backup was made. */
  madeAt: string;
  files: number;
  /** Of the files. */
  bytes: number;
  /** Whether objects are part of it. */
  objects: boolean;
};

/** What is done just now: a part of the work, how many files of it, and how many bytes. */
export type BackupProgress = {
  readonly what: 'database' | 'files';
  readonly part?: number;
  readonly files: number;
  readonly bytes: number;
};

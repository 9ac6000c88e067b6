import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ThumbnailStorage } from '@proscenium/media';
import type { Spool } from '../../objects/spool.ts';
import type { StageRef } from '../../participants/live-stages.ts';

/** What is to be known of a composite recording to go on with it, or to end it, after the server was killed. */
export interface CompositeRecord {
  readonly compositionId: string;
  readonly destinationId: string;
  readonly stage: StageRef;
  readonly bucketName: string;
  /** What the key of every object begins with; a slash follows. */
  readonly prefix: string;
  /** Name of the one rendition's folder. */
  readonly rendition: string;
  readonly width: number;
  readonly height: number;
  readonly targetSegmentDurationSeconds: number;
  /** Undefined: there are none. */
  readonly thumbnails?: { readonly targetIntervalSeconds: number; readonly storage: readonly ThumbnailStorage[] };
  /** Undefined unless the bucket tells, or will tell first, that it began. */
  readonly startTime?: Date;
  /** Why it failed. */
  readonly failure?: string;
  /** Whether the bucket tells, or will tell, how it ended. */
  readonly isOver: boolean;
}

/** Beside the media, and no part of them. */
const FILE = 'composite.json';

/** @param folder in which the media are */
export async function writeCompositeRecord(folder: string, record: CompositeRecord): Promise<void> {
  const file = join(folder, FILE);
  await writeFile(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

const SPOOL_FOLDERS = 'composite-';

/** Name of the recording's folder in the spool. */
export function spoolFolderOf({ compositionId, destinationId }: CompositeRecord): string {
  return `${SPOOL_FOLDERS}${compositionId}-${destinationId}`;
}

/** Those that an earlier run of the server has left in the spool. */
export async function findCompositeRecords(spool: Pick<Spool, 'find' | 'recordingIds'>): Promise<CompositeRecord[]> {
  const records = [];
  for (const name of spool.recordingIds.filter((id) => id.startsWith(SPOOL_FOLDERS))) {
    const folder = spool.find(name);
    const record = folder && (await readCompositeRecord(folder.path));
    if (record === undefined) await folder?.remove();
    else records.push(record);
  }
  return records;
}

/** Undefined where there is none: the server was killed before it began. */
async function readCompositeRecord(folder: string): Promise<CompositeRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, FILE), 'utf8'), reviveTime);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function reviveTime(name: string, value: unknown): unknown {
  return name === 'startTime' && typeof value === 'string' ? new Date(value) : value;
}

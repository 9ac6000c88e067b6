import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaPlaylist } from '../hls/media-playlist.ts';
import { readMediaPlaylist } from '../hls/read-media-playlist.ts';
import { JOURNAL_FILE } from './folder-layout.ts';
import type { FileCounts } from './left-files.ts';
import { NO_FACTS, type VariantFacts } from './variant-facts.ts';

/** What the playlist does not tell about a recording that is to be gone on with. */
export interface Journal {
  /** How many thumbnails there are with numbers. */
  readonly thumbnails: number;
  readonly variant: VariantFacts;
  /** Of a live stream: the files that were told to be gone. */
  readonly gone?: FileCounts;
}

const EMPTY: Journal = { thumbnails: 0, variant: NO_FACTS };

export async function readJournal(folder: string): Promise<Journal> {
  const text = await readOrNothing(join(folder, JOURNAL_FILE));
  return text === undefined ? EMPTY : JSON.parse(text);
}

/** Undefined where there is none yet. @throws {MalformedPlaylist} */
export async function readPlaylist(folder: string, playlistFile: string): Promise<MediaPlaylist | undefined> {
  const text = await readOrNothing(join(folder, playlistFile));
  return text === undefined ? undefined : readMediaPlaylist(text);
}

async function readOrNothing(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

import { readdir, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type PlaylistEntry, writeMediaPlaylist } from '../hls/media-playlist.ts';
import {
  type FolderLayout,
  folderLayout,
  MULTIVARIANT_FILE,
  PARTICIPANT_LAYOUT,
  TEMPORARY_ENDING,
} from './folder-layout.ts';
import { readJournal, readPlaylist } from './journal.ts';
import { multivariantPlaylist } from './variant-facts.ts';
import { writeFileWhole } from './write-file.ts';

export interface ClosedRecording {
  readonly durationMs: number;
  /** What the folder holds of it, relative and with `/`; all of them final. */
  readonly files: readonly string[];
}

/**
 * Ends a recording for good, also after a crash: no recorder may be at work on it. Closing twice does no harm.
 *
 * @param lost files that nobody will find where the recording is played: it ends before the first segment that needs one
 * @param rendition name of the folder below `media/hls`, where it is not a participant's
 * @throws when the folder cannot be read or written, or its playlist is not what was written
 */
export async function closeRecordingFolder(
  folder: string,
  lost: ReadonlySet<string> = new Set(),
  rendition?: string,
): Promise<ClosedRecording> {
  const layout = rendition === undefined ? PARTICIPANT_LAYOUT : folderLayout({ rendition, thumbnails: rendition });
  const { playlistFile, playlistUri } = layout;
  const [playlist, { variant }] = await Promise.all([readPlaylist(folder, playlistFile), readJournal(folder)]);
  const entries = entriesBefore(lost, playlist?.entries ?? [], layout);
  if (entries.length === 0) {
    await Promise.all([playlistFile, MULTIVARIANT_FILE].map((file) => rm(join(folder, file), { force: true })));
  } else if (playlist) {
    await writeFileWhole(folder, playlistFile, writeMediaPlaylist({ ...playlist, type: 'VOD', entries }));
    // Without its journal, what was written while it ran stays.
    if (variant.durationSeconds > 0) {
      await writeFileWhole(folder, MULTIVARIANT_FILE, multivariantPlaylist(variant, playlistUri));
    }
  }
  const durationSeconds = entries.reduce((sum, each) => sum + each.durationSeconds, 0);
  return { durationMs: Math.round(1_000 * durationSeconds), files: await filesIn(folder, lost) };
}

function entriesBefore(
  lost: ReadonlySet<string>,
  entries: readonly PlaylistEntry[],
  { renditionFolder }: FolderLayout,
): readonly PlaylistEntry[] {
  const isLost = (name: string) => lost.has(`${renditionFolder}/${name}`);
  const end = entries.findIndex(({ uri, map }) => isLost(uri) || isLost(map));
  return end === -1 ? entries : entries.slice(0, end);
}

async function filesIn(folder: string, lost: ReadonlySet<string>): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join('/');
    if (!entry.isFile() || !name.startsWith('media/')) continue;
    if (name.endsWith(TEMPORARY_ENDING)) await rm(path, { force: true });
    else if (!lost.has(name)) files.push(name);
  }
  return files.sort();
}

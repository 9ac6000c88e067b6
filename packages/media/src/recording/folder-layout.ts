/** Where things are in the folder of a recording, with `/`. */
export interface FolderLayout {
  readonly renditionFolder: string;
  readonly playlistFile: string;
  /** Of the media playlist, in the multivariant one. */
  readonly playlistUri: string;
  readonly thumbnailsFolder: string;
  readonly latestThumbnailFile: string;
}

export const MULTIVARIANT_FILE = 'media/hls/multivariant.m3u8';
/** For whoever goes on with the recording; not a part of it. */
export const JOURNAL_FILE = 'recording.json';
/** Of what is being written. */
export const TEMPORARY_ENDING = '.tmp';

/** Names that a folder can have everywhere. */
const FOLDER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * @param names of the folders of the one rendition, and of its thumbnails
 * @throws {RangeError} for a name that is more than a name
 */
export function folderLayout({ rendition, thumbnails }: { rendition: string; thumbnails: string }): FolderLayout {
  for (const name of [rendition, thumbnails]) {
    if (!FOLDER_NAME.test(name)) throw new RangeError('A folder of a recording has a plain name');
  }
  return {
    renditionFolder: `media/hls/${rendition}`,
    playlistFile: `media/hls/${rendition}/playlist.m3u8`,
    playlistUri: `${rendition}/playlist.m3u8`,
    thumbnailsFolder: `media/thumbnails/${thumbnails}`,
    latestThumbnailFile: `media/latest_thumbnail/${thumbnails}/thumb.jpg`,
  };
}

/** Of what a participant publishes. */
export const PARTICIPANT_LAYOUT = folderLayout({ rendition: 'high', thumbnails: 'high' });

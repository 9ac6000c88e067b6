/** Where things are in the folder of a recording, with `/`. */
export const MULTIVARIANT_FILE = 'media/hls/multivariant.m3u8';
export const RENDITION_FOLDER = 'media/hls/high';
export const PLAYLIST_FILE = `${RENDITION_FOLDER}/playlist.m3u8`;
export const THUMBNAILS_FOLDER = 'media/thumbnails/high';
export const LATEST_THUMBNAIL_FILE = 'media/latest_thumbnail/high/thumb.jpg';
/** Of the multivariant playlist. */
export const PLAYLIST_URI = 'high/playlist.m3u8';
/** For whoever goes on with the recording; not a part of it. */
export const JOURNAL_FILE = 'recording.json';
/** Of what is being written. */
export const TEMPORARY_ENDING = '.tmp';

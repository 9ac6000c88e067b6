/** The list of the segments of a recording or of a live stream (RFC 8216 §4), in the one form in which it is written here. */
export interface MediaPlaylist {
  /** EVENT may grow at its end; VOD is complete. */
  readonly type: 'EVENT' | 'VOD';
  /** Of a live stream, whose oldest segments leave: how many of them have left, and how many discontinuities with them. */
  readonly gone?: { readonly segments: number; readonly discontinuities: number };
  /** Whole seconds. The same for ever: no segment, rounded, may be longer (§4.3.3.1). */
  readonly targetDurationSeconds: number;
  readonly entries: readonly PlaylistEntry[];
}

/** A segment of a playlist. */
export interface PlaylistEntry {
  /** A name beside the playlist, such as `0.mp4`. */
  readonly uri: string;
  /** Written with six digits after the point, so that a long recording's sum stays true. */
  readonly durationSeconds: number;
  /** Its times or its codecs do not go on from the segment before it. */
  readonly discontinuity: boolean;
  /** Name of the init segment that it needs. */
  readonly map: string;
  /** When its first picture or sound was captured, in ms since 1970. */
  readonly programDateTimeMs?: number;
}

export const PLAYLIST_VERSION = 7;
/** A plain file name: nothing that could lead out of the playlist's folder. */
export const PLAYLIST_NAME = /^[A-Za-z0-9_-]{1,64}\.[a-z0-9]{1,8}$/;

/** @throws {RangeError} for what would break the playlist: a name with a path, a segment above the target duration */
export function writeMediaPlaylist(playlist: MediaPlaylist): string {
  const { type, targetDurationSeconds, entries } = playlist;
  let text = writePlaylistHeader(playlist);
  let map: string | undefined;
  for (const entry of entries) {
    text += writePlaylistEntry(entry, targetDurationSeconds, map);
    map = entry.map;
  }
  return type === 'VOD' ? `${text}#EXT-X-ENDLIST\n` : text;
}

/** What stands before the segments. @throws {RangeError} for a target duration that is none */
export function writePlaylistHeader({ type, targetDurationSeconds, gone }: MediaPlaylist): string {
  if (!Number.isSafeInteger(targetDurationSeconds) || targetDurationSeconds < 1) {
    throw new RangeError('A target duration is a whole number of seconds');
  }
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${PLAYLIST_VERSION}`,
    `#EXT-X-TARGETDURATION:${targetDurationSeconds}`,
    // One with a type keeps its beginning (RFC 8216 §4.3.3.5).
    ...(gone
      ? [`#EXT-X-MEDIA-SEQUENCE:${gone.segments}`, `#EXT-X-DISCONTINUITY-SEQUENCE:${gone.discontinuities}`]
      : [`#EXT-X-PLAYLIST-TYPE:${type}`, '#EXT-X-MEDIA-SEQUENCE:0']),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * What is written of a segment.
 *
 * @param mapBefore the init segment of the one before it in the playlist
 * @throws {RangeError} as {@link writeMediaPlaylist}
 */
export function writePlaylistEntry(
  entry: PlaylistEntry,
  targetDurationSeconds: number,
  mapBefore: string | undefined,
): string {
  checkEntry(entry, targetDurationSeconds);
  return `${entryLines(entry, entry.discontinuity || entry.map !== mapBefore).join('\n')}\n`;
}

function checkEntry({ uri, map, durationSeconds }: PlaylistEntry, targetDurationSeconds: number): void {
  if (!PLAYLIST_NAME.test(uri) || !PLAYLIST_NAME.test(map)) throw new RangeError('A playlist holds plain file names');
  const written = Number(durationSeconds.toFixed(6));
  if (!(written > 0 && Math.round(written) <= targetDurationSeconds)) {
    throw new RangeError(`A segment of ${durationSeconds} s in a playlist of at most ${targetDurationSeconds} s each`);
  }
}

function entryLines(entry: PlaylistEntry, withMap: boolean): string[] {
  const { programDateTimeMs } = entry;
  return [
    ...(entry.discontinuity ? ['#EXT-X-DISCONTINUITY'] : []),
    ...(withMap ? [`#EXT-X-MAP:URI="${entry.map}"`] : []),
    ...(programDateTimeMs === undefined
      ? []
      : [`#EXT-X-PROGRAM-DATE-TIME:${new Date(programDateTimeMs).toISOString()}`]),
    `#EXTINF:${entry.durationSeconds.toFixed(6)},`,
    entry.uri,
  ];
}

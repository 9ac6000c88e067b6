import { type MediaPlaylist, PLAYLIST_NAME, PLAYLIST_VERSION, type PlaylistEntry } from './media-playlist.ts';

/** A text that is no playlist of ours: cut off, changed by others, or too long. */
export class MalformedPlaylist extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedPlaylist';
  }
}

/** Two weeks of segments of two seconds without a discontinuity, two days of those with one each. */
export const MAXIMUM_PLAYLIST_LENGTH = 16 * 1024 * 1024;
const MAXIMUM_TARGET_DURATION_SECONDS = 3_600;

const HEADER = [
  /^#EXTM3U$/,
  new RegExp(`^#EXT-X-VERSION:${PLAYLIST_VERSION}$`),
  /^#EXT-X-TARGETDURATION:(?<targetDuration>[1-9]\d{0,3})$/,
];
const OF_RECORDING = [/^#EXT-X-PLAYLIST-TYPE:(?<type>EVENT|VOD)$/, /^#EXT-X-MEDIA-SEQUENCE:0$/];
const OF_LIVE_STREAM = [
  /^#EXT-X-MEDIA-SEQUENCE:(?<segments>\d{1,15})$/,
  /^#EXT-X-DISCONTINUITY-SEQUENCE:(?<discontinuities>\d{1,15})$/,
];
/** How many lines there are before the first segment. */
const HEADER_LINES = HEADER.length + OF_RECORDING.length;
const END = '#EXT-X-ENDLIST';
const MAP = /^#EXT-X-MAP:URI="(?<uri>[^"]*)"$/;
const PROGRAM_DATE_TIME = /^#EXT-X-PROGRAM-DATE-TIME:(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/;
const DURATION = /^#EXTINF:(?<seconds>\d{1,4}\.\d{6}),$/;

/**
 * Reads again what `writeMediaPlaylist` wrote, and nothing else.
 *
 * @throws {MalformedPlaylist}
 */
export function readMediaPlaylist(text: string): MediaPlaylist {
  if (text.length > MAXIMUM_PLAYLIST_LENGTH) throw new MalformedPlaylist('A playlist is too long');
  if (!text.endsWith('\n')) throw new MalformedPlaylist('A playlist ends within a line');
  const lines = text.slice(0, -1).split('\n');
  const live = lines[HEADER.length]?.startsWith('#EXT-X-MEDIA-SEQUENCE') ?? false;
  const header = readHeader(lines, [...HEADER, ...(live ? OF_LIVE_STREAM : OF_RECORDING)]);
  const { targetDuration, type, segments, discontinuities } = header;
  const targetDurationSeconds = Number(targetDuration);
  if (targetDurationSeconds > MAXIMUM_TARGET_DURATION_SECONDS) {
    throw new MalformedPlaylist('A playlist tells a target duration that is out of all bounds');
  }
  const ended = lines.at(-1) === END;
  if (!live && ended !== (type === 'VOD'))
    throw new MalformedPlaylist('A playlist is of type VOD if and only if it has an end');
  const entries = readEntries(lines.slice(HEADER_LINES, ended ? -1 : undefined), targetDurationSeconds);
  const gone = { segments: Number(segments), discontinuities: Number(discontinuities) };
  return { type: ended ? 'VOD' : 'EVENT', targetDurationSeconds, entries, ...(live && { gone }) };
}

function readHeader(lines: readonly string[], patterns: readonly RegExp[]): Record<string, string> {
  const groups: Record<string, string> = {};
  for (const [index, pattern] of patterns.entries()) {
    const match = pattern.exec(lines[index] ?? '');
    if (match === null) throw new MalformedPlaylist(`Line ${index + 1} of a playlist is not what it must be`);
    Object.assign(groups, match.groups);
  }
  return groups;
}

function readEntries(lines: readonly string[], targetDurationSeconds: number): PlaylistEntry[] {
  const entries: PlaylistEntry[] = [];
  const cursor = new LineCursor(lines);
  let map: string | undefined;
  while (!cursor.done) {
    const discontinuity = cursor.take(/^#EXT-X-DISCONTINUITY$/) !== undefined;
    map = cursor.take(MAP)?.uri ?? map;
    const time = cursor.take(PROGRAM_DATE_TIME)?.time;
    const durationSeconds = Number(cursor.need(DURATION).seconds);
    const { uri = '' } = cursor.need(/^(?<uri>[^#].*)$/);
    if (map === undefined || !PLAYLIST_NAME.test(map)) throw new MalformedPlaylist('A segment has no init segment');
    if (!PLAYLIST_NAME.test(uri)) throw new MalformedPlaylist('A segment has no plain file name');
    if (!(durationSeconds > 0 && Math.round(durationSeconds) <= targetDurationSeconds)) {
      throw new MalformedPlaylist('A segment is longer than the target duration');
    }
    entries.push({ uri, durationSeconds, discontinuity, map, ...readTime(time) });
  }
  return entries;
}

function readTime(time: string | undefined): Pick<PlaylistEntry, 'programDateTimeMs'> {
  if (time === undefined) return {};
  const programDateTimeMs = Date.parse(time);
  if (Number.isNaN(programDateTimeMs)) throw new MalformedPlaylist('A playlist tells a time that is none');
  return { programDateTimeMs };
}

class LineCursor {
  readonly #lines: readonly string[];
  #next = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  get done(): boolean {
    return this.#next >= this.#lines.length;
  }

  /** The groups of the next line where it is one of these; else it stays the next one. */
  take(pattern: RegExp): Record<string, string> | undefined {
    const match = pattern.exec(this.#lines[this.#next] ?? '');
    if (match === null) return undefined;
    this.#next += 1;
    return match.groups ?? {};
  }

  need(pattern: RegExp): Record<string, string> {
    const groups = this.take(pattern);
    if (groups === undefined) throw new MalformedPlaylist('A playlist has a line that is not what it must be');
    return groups;
  }
}

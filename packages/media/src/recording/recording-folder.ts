import { EventEmitter } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GrowingPlaylist } from '../hls/growing-playlist.ts';
import { initSegment } from '../hls/init-segment.ts';
import type { MediaPlaylist } from '../hls/media-playlist.ts';
import { mediaSegment } from '../hls/media-segment.ts';
import { MAXIMUM_PLAYLIST_LENGTH } from '../hls/read-media-playlist.ts';
import { SlidingPlaylist } from '../hls/sliding-playlist.ts';
import { type FolderLayout, JOURNAL_FILE, MULTIVARIANT_FILE } from './folder-layout.ts';
import { type Journal, readJournal, readPlaylist } from './journal.ts';
import { LeftFiles } from './left-files.ts';
import { RecordingFault, type ThumbnailStorage } from './recording-options.ts';
import type { Segment } from './segment.ts';
import { multivariantPlaylist, type VariantFacts, withSegment } from './variant-facts.ts';
import { writeFileWhole } from './write-file.ts';

export interface RecordingFolderEvents {
  file: [path: string, final: boolean];
  /** Of a live stream: nobody needs the file any more. It is left to the listener to take it away. */
  gone: [path: string];
  durationchanged: [durationMs: number];
  /** Nothing is written after it. */
  failed: [fault: RecordingFault];
}

export interface RecordingFolderOptions {
  readonly layout: FolderLayout;
  /** No segment may be longer. Of a folder with a playlist, that one's holds. */
  readonly targetDurationSeconds: number;
  /** So many of the newest segments are in the playlist of a live stream. @default all: a recording */
  readonly windowSegments?: number;
  /** Whether all begin with key frames, also those that are yet to come. @default true */
  readonly hasIndependentSegments?: boolean;
}

/** Leaves room for its end. */
const LONGEST_PLAYLIST = MAXIMUM_PLAYLIST_LENGTH - 1_024;
/** A disk that is further behind is too slow. */
const MAXIMUM_WAITING_BYTES = 64 * 1024 * 1024;
/** The multivariant playlist is written again when the bitrate has risen by this. */
const NOTICEABLE_RISE = 1.1;
const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** A recording's files: segments, playlists and thumbnails. The playlist on disk is always true; it is its journal. */
export class RecordingFolder extends EventEmitter<RecordingFolderEvents> {
  /** No segment may be longer. */
  readonly targetDurationSeconds: number;
  readonly #folder: string;
  readonly #layout: FolderLayout;
  readonly #hasIndependentSegments: boolean;
  readonly #playlist: GrowingPlaylist | SlidingPlaylist;
  readonly #left: LeftFiles | undefined;
  #journal: Journal;
  #inits: number;
  /** Segments that are written or wait for it. */
  #added: number;
  /** Files of whom nobody may have heard: an earlier recorder died when they were written. */
  #untold: readonly string[];
  #durationSeconds: number;
  #multivariantOf: VariantFacts | undefined;
  #writing: Promise<void> = Promise.resolve();
  #waitingBytes = 0;
  #failed = false;

  private constructor(
    folder: string,
    { layout, windowSegments, hasIndependentSegments = true }: RecordingFolderOptions,
    { playlist, journal, untold }: { playlist: MediaPlaylist; journal: Journal; untold: readonly string[] },
  ) {
    super();
    const { entries, targetDurationSeconds } = playlist;
    this.#folder = folder;
    this.#layout = layout;
    this.#hasIndependentSegments = hasIndependentSegments;
    this.targetDurationSeconds = targetDurationSeconds;
    if (windowSegments === undefined) {
      if (playlist.gone) throw new RangeError('A live stream is not gone on with by a recording');
      this.#playlist = new GrowingPlaylist(playlist);
    } else {
      this.#playlist = new SlidingPlaylist(playlist, windowSegments);
      // Whoever has read a playlist may ask for what it names for as long as it lasts, and a segment more.
      this.#left = new LeftFiles(journal.gone ?? { segments: 0, inits: 0 }, windowSegments + 1);
    }
    this.#journal = journal;
    this.#untold = untold;
    this.#added = this.#playlist.segments;
    this.#inits = entries.reduce((next, { map }) => Math.max(next, numberOf(map) + 1), 0);
    this.#durationSeconds = playlist.gone
      ? journal.variant.durationSeconds
      : entries.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  }

  /** Goes on with what is there, which is told once more before anything new. @throws when that cannot be read */
  static async open(folder: string, options: RecordingFolderOptions): Promise<RecordingFolder> {
    const { renditionFolder, playlistFile } = options.layout;
    const [before, journal, names] = await Promise.all([
      readPlaylist(folder, playlistFile),
      readJournal(folder),
      readdir(join(folder, renditionFolder)).catch(emptyIfMissing),
    ]);
    const { targetDurationSeconds } = options;
    const playlist: MediaPlaylist = before ?? { type: 'EVENT', targetDurationSeconds, entries: [] };
    const named = new Set(playlist.entries.flatMap(({ map, uri }) => [map, uri]));
    const untold = names.filter((name) => named.has(name)).map((name) => `${renditionFolder}/${name}`);
    return new RecordingFolder(folder, options, { playlist, journal, untold });
  }

  get durationMs(): number {
    return Math.round(1_000 * this.#durationSeconds);
  }

  add(segment: Segment): void {
    this.#added += 1;
    const data = segmentBytes(this.#added, segment);
    this.#write(data.length, () => this.#writeSegment(segment, data));
  }

  addThumbnail(jpeg: Buffer, storage: readonly ThumbnailStorage[]): void {
    this.#write(jpeg.length, () => this.#writeThumbnail(jpeg, storage));
  }

  /** All is written, or it has failed. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** In turn, so that no file names one that is not there. */
  #write(bytes: number, work: () => Promise<void>): void {
    if (this.#failed) return;
    this.#waitingBytes += bytes;
    if (this.#waitingBytes > MAXIMUM_WAITING_BYTES) {
      this.#fail(new RecordingFault('INTERNAL', 'The disk is too slow'));
      return;
    }
    this.#writing = this.#writing.then(async () => {
      if (this.#failed) return;
      try {
        await work();
      } catch (error) {
        this.#fail(faultOf(error));
      }
      this.#waitingBytes -= bytes;
    });
  }

  async #writeSegment(segment: Segment, data: Buffer): Promise<void> {
    const { renditionFolder, playlistFile } = this.#layout;
    const number = this.#playlist.segments;
    if (segment.first) {
      await this.#put(`${renditionFolder}/init-${this.#inits}.mp4`, initSegment(segment.period));
      this.#inits += 1;
    }
    const init = `init-${this.#inits - 1}.mp4`;
    await this.#put(`${renditionFolder}/${number}.mp4`, data);
    this.#journal = { ...this.#journal, variant: withSegment(this.#journal.variant, segment, data.length) };
    await this.#writeJournal();
    this.#playlist.add({
      uri: `${number}.mp4`,
      durationSeconds: segment.durationSeconds,
      discontinuity: segment.first && number > 0,
      map: init,
      // A live playlist may begin with any segment.
      ...((segment.first || this.#left) && { programDateTimeMs: segment.wallClockMs }),
    });
    const { text } = this.#playlist;
    // What cannot be read again cannot be ended either.
    if (text.length > LONGEST_PLAYLIST) throw new Error('The playlist becomes too long');
    await this.#put(playlistFile, text);
    for (const path of this.#untold) this.emit('file', path, true);
    this.#untold = [];
    // Told when the playlist names them: until then, whoever goes on after a crash writes them once more.
    if (segment.first) this.emit('file', `${renditionFolder}/${init}`, true);
    this.emit('file', `${renditionFolder}/${number}.mp4`, true);
    this.emit('file', playlistFile, false);
    this.#durationSeconds += segment.durationSeconds;
    this.emit('durationchanged', this.durationMs);
    await this.#writeMultivariant();
    this.#tellGone();
  }

  /** Of what is told now the journal knows with the next segment: told twice is better than never. */
  #tellGone(): void {
    if (!(this.#playlist instanceof SlidingPlaylist) || !this.#left) return;
    const { segment, entry } = this.#playlist.first;
    const names = this.#left.left(segment, numberOf(entry?.map ?? ''));
    this.#journal = { ...this.#journal, gone: this.#left.gone };
    for (const name of names) this.emit('gone', `${this.#layout.renditionFolder}/${name}`);
  }

  async #writeMultivariant(): Promise<void> {
    const { variant } = this.#journal;
    if (this.#multivariantOf && !differs(this.#multivariantOf, variant)) return;
    this.#multivariantOf = variant;
    const text = multivariantPlaylist(variant, this.#layout.playlistUri, this.#hasIndependentSegments);
    await this.#put(MULTIVARIANT_FILE, text);
    this.emit('file', MULTIVARIANT_FILE, false);
  }

  async #writeThumbnail(jpeg: Buffer, storage: readonly ThumbnailStorage[]): Promise<void> {
    if (storage.includes('SEQUENTIAL')) {
      const path = `${this.#layout.thumbnailsFolder}/${this.#journal.thumbnails}.jpg`;
      await this.#put(path, jpeg);
      this.#journal = { ...this.#journal, thumbnails: this.#journal.thumbnails + 1 };
      await this.#writeJournal();
      this.emit('file', path, true);
    }
    if (storage.includes('LATEST')) {
      await this.#put(this.#layout.latestThumbnailFile, jpeg);
      this.emit('file', this.#layout.latestThumbnailFile, false);
    }
  }

  #writeJournal(): Promise<void> {
    return this.#put(JOURNAL_FILE, JSON.stringify(this.#journal));
  }

  #put(path: string, content: Buffer | string): Promise<void> {
    return writeFileWhole(this.#folder, path, content);
  }

  #fail(fault: RecordingFault): void {
    this.#failed = true;
    this.emit('failed', fault);
  }
}

function segmentBytes(sequenceNumber: number, { video, audio }: Segment): Buffer {
  return mediaSegment({ sequenceNumber, ...(video && { video }), ...(audio && { audio }) });
}

function emptyIfMissing(error: NodeJS.ErrnoException): [] {
  if (error.code !== 'ENOENT') throw error;
  return [];
}

/** Of `init-N.mp4`. */
function numberOf(init: string): number {
  return Number(/\d+/.exec(init)?.[0] ?? 0);
}

function differs(one: VariantFacts, other: VariantFacts): boolean {
  return (
    other.peakBps > NOTICEABLE_RISE * one.peakBps ||
    one.videoCodec !== other.videoCodec ||
    one.audioCodec !== other.audioCodec ||
    one.width !== other.width ||
    one.height !== other.height ||
    one.frameRate !== other.frameRate
  );
}

function faultOf(error: unknown): RecordingFault {
  const noRoom = NO_ROOM.has((error as NodeJS.ErrnoException).code);
  return noRoom
    ? new RecordingFault('DISK_FULL', 'There is no room for the recording', { cause: error })
    : new RecordingFault('INTERNAL', 'The recording cannot be written', { cause: error });
}

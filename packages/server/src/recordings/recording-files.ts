import { once } from 'node:events';
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { type AlarmClock, wait } from '../clock.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { ObjectStoreFailure } from '../objects/object-store-failure.ts';
import type { Spool } from '../objects/spool.ts';
import type { SpooledFolder } from '../objects/spooled-folder.ts';
import type { MetadataFile } from './recording-metadata.ts';
import type { RecordingRecord } from './recording-table.ts';

export interface RecordingFilesParts {
  readonly objects: Pick<ObjectStore, 'check' | 'put'>;
  readonly spool: Pick<Spool, 'folder'>;
  readonly clock: AlarmClock;
  readonly logger: Logger;
  /** Called when not everything can be kept or uploaded. */
  readonly onFailed: (cause: unknown) => void;
  /** Called when files begin to wait for the store, and when they do no more. */
  readonly onStalled?: (isStalled: boolean) => void;
}

/** What a recording is called on disk, and where it belongs. */
export type RecordingPlace = Pick<RecordingRecord, 'id' | 'stage' | 'bucketName' | 'prefix'>;

/** A store that does not answer for so long does not hold a recording up: what is recorded waits for it on disk. */
const CHECK_MS = 5_000;
/** The last word of a recording whose store has failed is not tried for longer. */
const LAST_WORD_MS = 10_000;

/** What one recording has on disk and in its bucket. */
export class RecordingFiles {
  readonly #recording: RecordingPlace;
  readonly #parts: RecordingFilesParts;
  #folder: SpooledFolder | undefined;
  /** Nothing can be uploaded any more. */
  #isBroken = false;
  readonly #broken = Promise.withResolvers<void>();
  readonly #lost = new Set<string>();
  /** What was to be told last could not be written. */
  #isSpeechless = false;

  constructor(recording: RecordingPlace, parts: RecordingFilesParts) {
    this.#recording = recording;
    this.#parts = parts;
  }

  /** To be called before anything else. */
  async open(): Promise<void> {
    const { id, prefix } = this.#recording;
    try {
      this.#folder = await this.#parts.spool.folder(id, { ...this.#bucket, prefix });
      this.#folder.once('failed', (failure) => {
        if (failure.refused) this.#break(failure);
        else this.#parts.onFailed(failure);
      });
      this.#folder.on('stalled', () => this.#parts.onStalled?.(true));
      this.#folder.on('resumed', () => this.#parts.onStalled?.(false));
    } catch (error) {
      this.#break(error);
    }
  }

  /** Whether it is on disk. */
  get isOpen(): boolean {
    return this.#folder !== undefined;
  }

  /** Where it is on disk. @throws when there is no place for it */
  get folder(): string {
    if (this.#folder === undefined) throw new Error('The recording has no folder');
    return this.#folder.path;
  }

  /** When the newest of the media that are on disk was written; undefined where there is none. */
  async lastWriteTime(): Promise<Date | undefined> {
    const media = this.#folder && join(this.#folder.path, 'media');
    if (media === undefined) return undefined;
    const entries = await readdir(media, { recursive: true, withFileTypes: true }).catch(emptyIfMissing);
    const files = entries.filter((entry) => entry.isFile());
    const times = await Promise.all(
      files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).mtimeMs),
    );
    return times.length === 0 ? undefined : new Date(Math.max(...times));
  }

  /** Breaks where the store says that it takes nothing. One that is away may come back. */
  async checkBucket(): Promise<void> {
    const { objects, clock, logger } = this.#parts;
    const answered = new AbortController();
    const check = objects.check(this.#bucket).catch((error) => {
      if (error instanceof ObjectStoreFailure && error.refused) this.#break(error);
      else logger.warn({ err: error }, 'a bucket could not be looked at');
    });
    await Promise.race([check, wait(clock, CHECK_MS, answered.signal)]);
    answered.abort();
  }

  /**
   * Files for which there was no room, and what was written after the first of them: a playlist that names one of these is
   * none.
   */
  get lost(): ReadonlySet<string> {
    return this.#lost;
  }

  /** Has a file of the folder uploaded after the others, unless one was lost. `isFinal`: it is never written again. */
  add(file: string, { isFinal }: { isFinal: boolean }): void {
    if (this.#isBroken) return;
    const isTaken = this.#lost.size === 0 && this.#upload(file, { isFinal });
    if (!isTaken && isFinal) this.#lost.add(file);
  }

  /** Has the files of a folder that has ended uploaded. */
  addAll(files: readonly string[]): void {
    const isPlaylist = (file: string) => file.endsWith('.m3u8');
    // What plays the others comes after them.
    for (const file of files.filter((file) => !isPlaylist(file))) this.#upload(file, { isFinal: true });
    for (const file of files.filter(isPlaylist)) this.#upload(file, { isFinal: false });
  }

  /** Adds a file of ours. */
  async write({ path, text }: MetadataFile): Promise<void> {
    if (this.#isBroken) return;
    try {
      const file = join(this.folder, path);
      await mkdir(dirname(file), { recursive: true });
      // What was added before under this name may be on its way: it stays as it is.
      await writeFile(`${file}.new`, text, { mode: 0o600 });
      await rename(`${file}.new`, file);
      this.#isSpeechless = !this.#upload(path, { isFinal: true });
    } catch (error) {
      this.#isSpeechless = true;
      this.#parts.onFailed(error);
    }
  }

  /**
   * Resolves when everything is where it belongs, and when that cannot be.
   *
   * @throws when `signal` says that nobody waits any more
   */
  async settled(signal: AbortSignal): Promise<void> {
    if (this.#isBroken) return;
    const settled = this.#folder?.settled().catch((error) => this.#break(error));
    await Promise.race([settled, this.#broken.promise, aborted(signal)]);
    signal.throwIfAborted();
  }

  /** Tries to put a file into the bucket past the disk, where that or the bucket takes nothing any more. */
  async putIfBroken({ path, text }: MetadataFile): Promise<void> {
    if (!this.#isBroken && !this.#isSpeechless) return;
    const { objects, clock, logger } = this.#parts;
    const given = new AbortController();
    const put = objects
      .put({ ...this.#bucket, key: `${this.#recording.prefix}/${path}` }, { data: text }, { signal: given.signal })
      .catch((error) => logger.warn({ err: error }, 'the end of a recording could not be written to its bucket'));
    await Promise.race([put, wait(clock, LAST_WORD_MS, given.signal)]);
    given.abort();
  }

  /** Removes what is on disk. */
  async remove(): Promise<void> {
    await this.#folder?.remove();
  }

  get #bucket(): { account: string; bucket: string } {
    const { stage, bucketName } = this.#recording;
    return { account: stage.account, bucket: bucketName };
  }

  /** What waits already is uploaded although there is no room for this one. @returns whether there is */
  #upload(file: string, { isFinal }: { isFinal: boolean }): boolean {
    if (this.#isBroken) return false;
    try {
      return this.#folder?.add(file, { keep: !isFinal }) ?? false;
    } catch (error) {
      this.#parts.onFailed(error);
      return false;
    }
  }

  #break(cause: unknown): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#broken.resolve();
    this.#parts.onFailed(cause);
  }
}

function emptyIfMissing(error: NodeJS.ErrnoException): [] {
  if (error.code !== 'ENOENT') throw error;
  return [];
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

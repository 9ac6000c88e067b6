import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { AlarmClock } from '../clock.ts';
import type { ObjectStore } from './object-store.ts';
import type { ObjectStoreFailure } from './object-store-failure.ts';
import type { UploadPlace } from './spool-files.ts';
import { SpooledFolder, type SpoolParts } from './spooled-folder.ts';
import { UploadSlots } from './upload-slots.ts';

/** Of all folders together. */
const simultaneousUploads = 8;

export interface SpoolOptions {
  /** Made if missing. */
  readonly folder: string;
  /** So much may be here, all folders together. */
  readonly maximumBytes: number;
  readonly store: ObjectStore;
  readonly clock: AlarmClock;
  readonly logger: Logger;
}

/**
 * Files on their way to an object store, in a folder for each recording. While the store is away they wait, over restarts
 * too; when it is back they go on in their order.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #folders = new Map<string, SpooledFolder>();
  readonly #slots = new UploadSlots(simultaneousUploads);
  readonly #closing = new AbortController();
  /** Of those who wait before they try again. */
  readonly #wakeUps = new Set<() => void>();
  #bytes = 0;
  #storeIsAway = false;

  private constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** Goes on with what an earlier server has left. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const spool = new Spool(options);
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    for (const recordingId of await readdir(options.folder)) {
      const folder = await SpooledFolder.reopen(join(options.folder, recordingId), spool.#parts());
      if (folder !== undefined) spool.#keep(recordingId, folder);
    }
    return spool;
  }

  /** Bytes that are here. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whose folders are here, those of an earlier server among them. */
  get recordingIds(): readonly string[] {
    return [...this.#folders.keys()];
  }

  /** The folder of a recording, if it is here. */
  find(recordingId: string): SpooledFolder | undefined {
    return this.#folders.get(recordingId);
  }

  /**
   * The folder of a recording: the one that is here, or a new one.
   *
   * @param recordingId letters, digits, `-` and `_`
   * @throws when what is here goes to another place
   */
  async folder(recordingId: string, place: UploadPlace): Promise<SpooledFolder> {
    const known = this.#folders.get(recordingId);
    if (known === undefined) {
      if (!/^[\w-]{1,128}$/.test(recordingId)) throw new Error('No recording is called so');
      const made = await SpooledFolder.make(join(this.#options.folder, recordingId), place, this.#parts());
      return this.#keep(recordingId, made);
    }
    const { account, bucket, prefix } = known.place;
    if (account === place.account && bucket === place.bucket && prefix === place.prefix) return known;
    throw new Error('The recording goes to another place already');
  }

  /** Breaks uploads off. What waits is for the next server. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#folders.values()].map((folder) => folder.stopped()));
  }

  #keep(recordingId: string, folder: SpooledFolder): SpooledFolder {
    this.#folders.set(recordingId, folder);
    folder.once('removed', () => this.#folders.delete(recordingId));
    return folder;
  }

  #parts(): SpoolParts {
    const { store, clock, maximumBytes } = this.#options;
    return {
      store,
      clock,
      slots: this.#slots,
      closing: this.#closing.signal,
      wakeUps: this.#wakeUps,
      hasRoom: (bytes) => this.#bytes + bytes <= maximumBytes,
      count: (bytes) => {
        this.#bytes += bytes;
      },
      onUploaded: () => this.#noticeUpload(),
      onAttemptFailed: (failure) => this.#noticeFailure(failure),
    };
  }

  #noticeUpload(): void {
    if (this.#storeIsAway) this.#options.logger.info('the object store takes files again');
    this.#storeIsAway = false;
    for (const wakeUp of this.#wakeUps) wakeUp();
  }

  #noticeFailure(failure: ObjectStoreFailure): void {
    if (failure.refused) this.#options.logger.warn({ err: failure }, 'the object store refuses a file');
    else if (!this.#storeIsAway)
      this.#options.logger.warn({ err: failure }, 'the object store takes no files: they wait');
    this.#storeIsAway ||= !failure.refused;
  }
}

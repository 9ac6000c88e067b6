import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type AlarmClock, wait } from '../clock.ts';
import type { BucketName, ObjectStore } from '../objects/object-store.ts';

export interface LiveUploadsOptions {
  readonly objects: Pick<ObjectStore, 'put' | 'delete'>;
  readonly clock: AlarmClock;
  readonly bucket: BucketName;
  /** Files are here, by the same names as below `prefix`. */
  readonly folder: string;
  /** What the key of every object begins with; a slash follows. */
  readonly prefix: string;
  /** So many files stay after they were given up: whoever has an older playlist may still want them. */
  readonly keptFiles: number;
  /** The first file that plays is there, and so is each after it. */
  readonly onFlowing: () => void;
  /** Nothing goes there at the moment. */
  readonly onStalled: () => void;
  /** Nothing went there for so long that nobody watches any more. */
  readonly onFailed: (cause: unknown) => void;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 5_000;
/** After this a stream is over. */
const PATIENCE_MS = 60_000;
const ATTEMPTS_TO_STALL = 2;

/**
 * The files of a live stream on their way to the object store, one after the other. What nobody needs any more is left out,
 * so that a store that comes back gets what is live then: no more waits than the playlist names.
 */
export class LiveUploads {
  readonly #options: LiveUploadsOptions;
  /** Files below the folder, the next one first, by the number of their last change. */
  readonly #waiting = new Map<string, number>();
  #changes = 0;
  /** Given up, the oldest first. */
  readonly #given: string[] = [];
  readonly #closing = new AbortController();
  #work: Promise<void> | undefined;
  #isFlowing = false;

  constructor(options: LiveUploadsOptions) {
    this.#options = options;
  }

  /** Has a file uploaded as it is when its turn comes. */
  add(file: string): void {
    if (this.#closing.signal.aborted) return;
    this.#changes += 1;
    this.#waiting.delete(file);
    this.#waiting.set(file, this.#changes);
    this.#workOff();
  }

  /** No playlist names it any more. */
  giveUp(file: string): void {
    if (this.#closing.signal.aborted) return;
    this.#waiting.delete(file);
    this.#given.push(file);
    this.#workOff();
  }

  /** Resolves when nothing waits any more, or it is closed. */
  async settled(): Promise<void> {
    while (this.#work !== undefined) await this.#work;
  }

  /** Breaks off. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.settled();
  }

  #workOff(): void {
    if (this.#work !== undefined || this.#closing.signal.aborted || !this.#hasWork()) return;
    this.#work = this.#uploadAll().finally(() => {
      this.#work = undefined;
      this.#workOff();
    });
  }

  #hasWork(): boolean {
    return this.#waiting.size > 0 || this.#given.length > this.#options.keptFiles;
  }

  async #uploadAll(): Promise<void> {
    const { clock, onStalled, onFailed } = this.#options;
    const { signal } = this.#closing;
    let failures = 0;
    let failingSinceMs = 0;
    while (this.#hasWork() && !signal.aborted) {
      try {
        await this.#next(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        const nowMs = clock.now().getTime();
        if (failures === 0) failingSinceMs = nowMs;
        failures += 1;
        if (nowMs - failingSinceMs >= PATIENCE_MS) {
          this.#closing.abort();
          return onFailed(error);
        }
        if (failures === ATTEMPTS_TO_STALL) {
          this.#isFlowing = false;
          onStalled();
        }
        await wait(clock, Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1)), signal);
      }
    }
  }

  async #next(signal: AbortSignal): Promise<void> {
    const { objects, bucket, prefix, folder, keptFiles } = this.#options;
    const [next] = this.#waiting;
    // A store that is too slow for the stream is not to fill up.
    if (next !== undefined && this.#given.length <= 2 * keptFiles) {
      const [file, change] = next;
      await objects.put({ ...bucket, key: `${prefix}/${file}` }, { file: join(folder, file) }, { signal });
      if (this.#waiting.get(file) === change) this.#waiting.delete(file);
      if (file.endsWith('/playlist.m3u8')) this.#flow();
      return;
    }
    const [oldest] = this.#given;
    if (oldest === undefined || this.#given.length <= keptFiles) return;
    await objects.delete({ ...bucket, key: `${prefix}/${oldest}` }, { signal });
    await rm(join(folder, oldest), { force: true });
    this.#given.shift();
  }

  #flow(): void {
    if (this.#isFlowing) return;
    this.#isFlowing = true;
    this.#options.onFlowing();
  }
}

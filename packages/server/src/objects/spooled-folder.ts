import { EventEmitter } from 'node:events';
import { linkSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type AlarmClock, wait } from '../clock.ts';
import type { ObjectStore } from './object-store.ts';
import { ObjectStoreFailure } from './object-store-failure.ts';
import {
  entryName,
  readSpooledFolder,
  type SpooledFiles,
  type UploadPlace,
  type WaitingFile,
  writePlace,
} from './spool-files.ts';
import type { UploadSlots } from './upload-slots.ts';

/** What the folders of a spool share. */
export interface SpoolParts {
  readonly store: ObjectStore;
  readonly clock: AlarmClock;
  readonly slots: UploadSlots;
  readonly closing: AbortSignal;
  /** Who waits for the store to be back. */
  readonly wakeUps: Set<() => void>;
  hasRoom(bytes: number): boolean;
  /** @param bytes that have come; less than 0: that have gone */
  count(bytes: number): void;
  onUploaded(): void;
  onAttemptFailed(failure: ObjectStoreFailure): void;
}

/** How long a store that says no is asked again: somebody may be mending what is wrong there. */
const patienceMs = 3 * 60_000;
const firstDelayMs = 1_000;
const longestDelayMs = 30_000;
/** In a row, after which uploads have stalled: the first one may be a mishap. */
const attemptsToStall = 2;
/** What a folder that found the spool full may still add, so that its playlists are ended and its failure is told. */
const lastWordsBytes = 1_048_576;

/**
 * The files of one recording on their way to the store. They are uploaded one after the other, in the order in which they
 * were added, hence whoever finds a playlist there finds what it names.
 */
export class SpooledFolder extends EventEmitter<{
  /** Once: the store refuses for good, and nothing more is uploaded; or the spool was full, and what was added until then still is. */
  failed: [ObjectStoreFailure];
  /** A file could not be uploaded, nor at the second attempt: it waits, and others behind it. */
  stalled: [];
  /** That is over. */
  resumed: [];
  removed: [];
}> {
  readonly place: UploadPlace;
  /** Where the files are. It exists. */
  readonly path: string;
  readonly #folder: string;
  readonly #parts: SpoolParts;
  /** By file, the next one first. */
  readonly #waiting = new Map<string, WaitingFile>();
  /** Bytes of the files that stay though they are uploaded. */
  readonly #kept: Map<string, number>;
  #nextNumber: number;
  #underWay: WaitingFile | undefined;
  #work: Promise<void> | undefined;
  readonly #removing = new AbortController();
  #failure: ObjectStoreFailure | undefined;
  #lastWordsBytes = lastWordsBytes;
  readonly #settling = new Set<PromiseWithResolvers<void>>();

  private constructor(folder: string, { place, waiting, kept, nextNumber }: SpooledFiles, parts: SpoolParts) {
    super();
    this.#folder = folder;
    this.path = join(folder, 'files');
    this.place = place;
    this.#parts = parts;
    for (const each of waiting) this.#waiting.set(each.file, each);
    this.#kept = kept;
    this.#nextNumber = nextNumber;
    for (const bytes of [...waiting.map((each) => each.bytes), ...kept.values()]) parts.count(bytes);
    this.#workOff();
  }

  static async make(folder: string, place: UploadPlace, parts: SpoolParts): Promise<SpooledFolder> {
    await mkdir(join(folder, 'files'), { recursive: true, mode: 0o700 });
    await mkdir(join(folder, 'queue'), { mode: 0o700 });
    await writePlace(folder, place);
    return new SpooledFolder(folder, { place, waiting: [], kept: new Map(), nextNumber: 1 }, parts);
  }

  /** The folder that another server has made; undefined when it was being made or removed just then. */
  static async reopen(folder: string, parts: SpoolParts): Promise<SpooledFolder | undefined> {
    const found = await readSpooledFolder(folder);
    if (found !== undefined) return new SpooledFolder(folder, found, parts);
    await rm(folder, { recursive: true });
    return undefined;
  }

  /**
   * Has a file uploaded as it is now; when this returns, a server that is killed does not forget it. Where it waits already
   * the new one takes its place, at the end. What has been uploaded and is gone is left alone.
   *
   * @param file below `path`, with slashes. It may be replaced by another one, but is not written to any more
   * @param options.keep whether it stays in the folder when it is uploaded
   * @returns false when it is not taken. A file that would not stay is gone then
   */
  add(file: string, { keep }: { keep: boolean }): boolean {
    if (this.#removing.signal.aborted) return false;
    const source = this.#source(file);
    const bytes = statSync(source, { throwIfNoEntry: false })?.size;
    if (bytes === undefined) return true;
    if (!this.#takesMore(bytes, bytes - this.#replacedBytes(file))) {
      if (!keep) this.#leaveOut(file);
      return false;
    }
    this.#forgetEarlier(file);
    const entry = join(this.#folder, 'queue', entryName(this.#nextNumber, file, keep));
    linkSync(source, entry);
    this.#nextNumber += 1;
    this.#parts.count(bytes);
    this.#waiting.set(file, { file, keep, bytes, entry });
    this.#workOff();
    return true;
  }

  /**
   * Resolves when nothing waits any more; pending as long as the store is away, and for ever when the spool is closed or
   * the folder removed.
   *
   * @throws ObjectStoreFailure when the store refuses for good
   */
  settled(): Promise<void> {
    if (this.#failure?.refused) return Promise.reject(this.#failure);
    if (this.#waiting.size === 0 && this.#underWay === undefined) return Promise.resolve();
    const settling = Promise.withResolvers<void>();
    this.#settling.add(settling);
    return settling.promise;
  }

  /** Removes the folder with all that is in it, uploaded or not. */
  async remove(): Promise<void> {
    if (this.#removing.signal.aborted) return;
    this.#removing.abort();
    await this.stopped();
    // Without its place it is nothing that a server would take up.
    await rm(join(this.#folder, 'place.json'));
    await rm(this.#folder, { recursive: true });
    for (const { bytes } of this.#waiting.values()) this.#parts.count(-bytes);
    for (const bytes of this.#kept.values()) this.#parts.count(-bytes);
    this.emit('removed');
  }

  /** Resolves when no upload is under way, which is soon after the spool began to close. */
  async stopped(): Promise<void> {
    await this.#work;
  }

  #source(file: string): string {
    if (file.split('/').some((name) => ['', '.', '..'].includes(name)))
      throw new Error('The file is not in the folder');
    return join(this.path, file);
  }

  /** What is counted of a file and goes away when it is added once more. */
  #replacedBytes(file: string): number {
    const waiting = this.#waiting.get(file);
    return (this.#kept.get(file) ?? 0) + (waiting === undefined || waiting === this.#underWay ? 0 : waiting.bytes);
  }

  #leaveOut(file: string): void {
    rmSync(this.#source(file), { force: true });
    this.#forgetKept(file);
  }

  #forgetKept(file: string): void {
    this.#parts.count(-(this.#kept.get(file) ?? 0));
    this.#kept.delete(file);
  }

  #forgetEarlier(file: string): void {
    this.#forgetKept(file);
    const earlier = this.#waiting.get(file);
    this.#waiting.delete(file);
    if (earlier === undefined || earlier === this.#underWay) return;
    unlinkSync(earlier.entry);
    this.#parts.count(-earlier.bytes);
  }

  /** @param additionalBytes without those that go away for it */
  #takesMore(bytes: number, additionalBytes: number): boolean {
    if (this.#failure?.refused) return false;
    if (this.#failure !== undefined) {
      if (bytes > this.#lastWordsBytes) return false;
      this.#lastWordsBytes -= bytes;
      return true;
    }
    if (this.#parts.hasRoom(additionalBytes)) return true;
    const cause = new Error('The spool is full');
    this.#fail(new ObjectStoreFailure('InternalServerException', { refused: false, cause }));
    return false;
  }

  #workOff(): void {
    const signal = AbortSignal.any([this.#parts.closing, this.#removing.signal]);
    const idle = this.#waiting.size === 0 || this.#failure?.refused || signal.aborted;
    if (this.#work !== undefined || idle) return;
    this.#work = this.#uploadAll(signal).finally(() => {
      this.#work = undefined;
      this.#workOff();
    });
  }

  async #uploadAll(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    let failures = 0;
    let refusedSinceMs: number | undefined;
    for (let next = this.#next(); next !== undefined && !signal.aborted; next = this.#next()) {
      const failure = await this.#attempt(next, signal);
      if (failure === undefined) {
        if (failures >= attemptsToStall) this.emit('resumed');
        failures = 0;
        refusedSinceMs = undefined;
        continue;
      }
      if (signal.aborted) return;
      failures += 1;
      this.#parts.onAttemptFailed(failure);
      if (failures === attemptsToStall) this.emit('stalled');
      const nowMs = clock.now().getTime();
      refusedSinceMs = failure.refused ? (refusedSinceMs ?? nowMs) : undefined;
      if (refusedSinceMs !== undefined && nowMs - refusedSinceMs >= patienceMs) return this.#fail(failure);
      const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1));
      // That others can upload tells nothing about a bucket that is closed.
      if (failure.refused) await wait(clock, delayMs, signal);
      else await this.#pauseUnlessBack(delayMs, signal);
    }
    if (this.#waiting.size > 0) return;
    for (const { resolve } of this.#settling) resolve();
    this.#settling.clear();
  }

  #next(): WaitingFile | undefined {
    return this.#waiting.values().next().value;
  }

  async #attempt(next: WaitingFile, signal: AbortSignal): Promise<ObjectStoreFailure | undefined> {
    const { store, slots } = this.#parts;
    const { account, bucket, prefix } = this.place;
    this.#underWay = next;
    try {
      await slots.run(async () => {
        signal.throwIfAborted();
        await store.put({ account, bucket, key: `${prefix}/${next.file}` }, { file: next.entry }, { signal });
      });
      await this.#forget(next);
      this.#parts.onUploaded();
      return undefined;
    } catch (cause) {
      if (cause instanceof ObjectStoreFailure) return cause;
      return new ObjectStoreFailure('InternalServerException', { refused: false, cause });
    } finally {
      this.#underWay = undefined;
    }
  }

  /** In this order: a server that is killed in between uploads it once more. */
  async #forget({ file, keep, bytes, entry }: WaitingFile): Promise<void> {
    const addedAgain = this.#waiting.get(file)?.entry !== entry;
    if (!addedAgain && !keep) await rm(this.#source(file), { force: true });
    await rm(entry, { force: true });
    if (this.#waiting.get(file)?.entry !== entry) return this.#parts.count(-bytes);
    this.#waiting.delete(file);
    if (keep) this.#kept.set(file, bytes);
    else this.#parts.count(-bytes);
  }

  async #pauseUnlessBack(delayMs: number, signal: AbortSignal): Promise<void> {
    const awake = new AbortController();
    const wakeUp = () => awake.abort();
    this.#parts.wakeUps.add(wakeUp);
    await wait(this.#parts.clock, delayMs, AbortSignal.any([signal, awake.signal]));
    this.#parts.wakeUps.delete(wakeUp);
  }

  #fail(failure: ObjectStoreFailure): void {
    this.#failure = failure;
    if (failure.refused) {
      for (const { reject } of this.#settling) reject(failure);
      this.#settling.clear();
    }
    // Whoever adds a file hears of it when he has done so.
    queueMicrotask(() => this.emit('failed', failure));
  }
}

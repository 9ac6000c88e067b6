import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HlsOutputSettings, OutputReport } from '@proscenium/media';
import { wait } from '../../clock.ts';
import { RecordingFiles, type RecordingFilesParts } from '../../recordings/recording-files.ts';
import type { MetadataFile } from '../../recordings/recording-metadata.ts';
import { compositeEnded, compositeFailed, compositeStarted } from './composite-metadata.ts';
import { type CompositeRecord, spoolFolderOf, writeCompositeRecord } from './composite-record.ts';
import type { LastingOutput, TellState } from './composition-output.ts';
import { type DestinationFailure, destinationFailure, outputFailure } from './destination-failure.ts';
import { FlowState } from './flow-state.ts';

export interface CompositeRecordingParts extends Omit<RecordingFilesParts, 'onFailed' | 'onStalled'> {
  /**
   * Ends what was recorded in a folder for good.
   *
   * @param lost files of it that nobody will find: neither they nor what comes after them counts
   */
  readonly closeFolder: (
    folder: string,
    lost: ReadonlySet<string>,
    rendition: CompositeRecord['rendition'],
  ) => Promise<{ durationMs: number; files: readonly string[] }>;
}

export interface CompositeRecordingOptions extends CompositeRecordingParts {
  /** Nothing is left to do. */
  readonly onDone: () => void;
}

/** So long the end of a recording waits for a store that is away, before the destination fails. */
const FINISH_MS = 5 * 60_000;

/** What a composition records into a bucket, by way of the spool. */
export class CompositeRecording implements LastingOutput {
  readonly #options: CompositeRecordingOptions;
  readonly #files: RecordingFiles;
  #record: CompositeRecord;
  readonly #state = new FlowState(true);
  #opened: Promise<void> | undefined;
  #durationMs = 0;
  /** Whether a composer of this run was at work. */
  #wasComposed = false;
  #finished: Promise<void> | undefined;
  /** Settles when the record is on disk as it is. */
  #remembered: Promise<unknown> = Promise.resolve();
  /** Settles when the bucket knows of a failure, as far as it takes anything. */
  #lastWords: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();
  #cleaning: Promise<void> = Promise.resolve();

  constructor(record: CompositeRecord, options: CompositeRecordingOptions) {
    this.#record = record;
    this.#options = options;
    const { compositionId, destinationId, stage, bucketName, prefix } = record;
    const place = { id: spoolFolderOf(record), stage, bucketName, prefix };
    this.#files = new RecordingFiles(place, {
      ...options,
      logger: options.logger.child({ compositionId, destinationId }),
      onFailed: (cause) => this.fail(cause),
      onStalled: (isStalled) => this.#state.flow(!isStalled),
    });
  }

  get compositionId(): string {
    return this.#record.compositionId;
  }

  get destinationId(): string {
    return this.#record.destinationId;
  }

  async open(tell: TellState): Promise<HlsOutputSettings | undefined> {
    this.#state.tellTo(tell);
    this.#wasComposed = true;
    await this.#open();
    if (this.#record.startTime === undefined) await this.#begin();
    if (this.#record.failure !== undefined) return undefined;
    const { rendition, targetSegmentDurationSeconds, thumbnails } = this.#record;
    return {
      type: 'hls',
      folder: this.#files.folder,
      rendition,
      targetSegmentDurationSeconds,
      ...(thumbnails && { thumbnails }),
    };
  }

  takeReport(report: OutputReport): void {
    if (report.state === 'FAILED') this.#give(report, outputFailure(report));
    // It stops when everything is in the bucket.
    else if (report.state !== 'STOPPED') this.#state.compose(report.state);
  }

  takeFile(path: string, { isFinal }: { isFinal: boolean }): void {
    if (this.#record.failure === undefined) this.#files.add(path, { isFinal });
    else if (isFinal) this.#discard(path);
  }

  takeGone(): void {}

  takeDuration(durationMs: number): void {
    this.#durationMs = durationMs;
  }

  fail(cause: unknown): void {
    this.#give(cause, destinationFailure(cause));
  }

  finish(tell: TellState, signal: AbortSignal): Promise<void> {
    this.#state.tellTo(tell);
    this.#finished ??= this.#finish(AbortSignal.any([signal, this.#closing.signal]));
    return this.#finished;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#cleaning;
  }

  #open(): Promise<void> {
    this.#opened ??= this.#files.open();
    return this.#opened;
  }

  async #begin(): Promise<void> {
    await this.#files.checkBucket();
    if (this.#record.failure !== undefined) return;
    await this.#remember({ startTime: this.#options.clock.now() });
    await this.#files.write(compositeStarted(this.#record));
  }

  async #finish(signal: AbortSignal): Promise<void> {
    await this.#open();
    if (!this.#record.isOver) {
      const endTime = await this.#endTime();
      await this.#closeFolder();
      await this.#settle(signal);
      await this.#lastWords;
      await this.#files.write(this.#lastWord(endTime));
      await this.#settle(signal);
      await this.#lastWords;
      await this.#remember({ isOver: true });
      if (this.#record.failure === undefined) this.#state.stop();
    }
    this.#cleaning = this.#cleanUp();
  }

  /** The media of one that was killed ended with what was written last. */
  async #endTime(): Promise<Date> {
    const now = this.#options.clock.now();
    return this.#wasComposed ? now : ((await this.#files.lastWriteTime()) ?? now);
  }

  async #closeFolder(): Promise<void> {
    try {
      const { rendition } = this.#record;
      const { durationMs, files } = await this.#options.closeFolder(this.#files.folder, this.#files.lost, rendition);
      this.#durationMs = durationMs;
      this.#files.addAll(files);
    } catch (error) {
      this.fail(error);
    }
  }

  /** A failure is told at once. What there is follows when it can. */
  async #settle(signal: AbortSignal): Promise<void> {
    if (this.#record.failure !== undefined) return;
    const timeUp = new AbortController();
    const patience = wait(this.#options.clock, FINISH_MS, AbortSignal.any([signal, timeUp.signal])).then(() =>
      timeUp.abort(),
    );
    try {
      await this.#files.settled(AbortSignal.any([signal, timeUp.signal]));
    } catch (error) {
      signal.throwIfAborted();
      this.fail(new Error('The object store was away for too long at the end', { cause: error }));
    } finally {
      timeUp.abort();
      await patience;
    }
  }

  #lastWord(endTime: Date): MetadataFile {
    const { failure } = this.#record;
    return failure === undefined
      ? compositeEnded(this.#record, endTime, this.#durationMs)
      : compositeFailed(this.#record, failure, endTime, this.#durationMs);
  }

  /** The composer may still be at work in the folder: what it writes from here on is left out. */
  #give(cause: unknown, failure: DestinationFailure): void {
    const { logger } = this.#options;
    const { compositionId, destinationId } = this.#record;
    logger.error({ err: cause, compositionId, destinationId }, 'a composite recording failed');
    if (this.#record.failure !== undefined || this.#record.isOver) return;
    this.#record = { ...this.#record, failure: failure.reason };
    this.#state.fail(failure);
    this.#lastWords = this.#tellBucket().catch((error) => {
      logger.error(
        { err: error, compositionId, destinationId },
        'the failure of a recording could not be written down',
      );
    });
  }

  async #tellBucket(): Promise<void> {
    await this.#remember({});
    const word = this.#lastWord(this.#options.clock.now());
    await this.#files.write(word);
    await this.#files.putIfBroken(word);
  }

  #discard(path: string): void {
    rm(join(this.#files.folder, path), { force: true }).catch((error) => {
      this.#options.logger.warn({ err: error }, 'a file of a failed recording could not be removed');
    });
  }

  async #remember(change: Partial<CompositeRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change };
    const write = this.#remembered.then(async () => {
      if (this.#files.isOpen) await writeCompositeRecord(this.#files.folder, this.#record);
    });
    this.#remembered = write.catch(() => undefined); // whoever asked is told
    await write;
  }

  async #cleanUp(): Promise<void> {
    const { signal } = this.#closing;
    try {
      await this.#files.settled(signal);
      await this.#files.remove();
      this.#options.onDone();
    } catch (error) {
      if (!signal.aborted) this.#options.logger.error({ err: error }, 'what is left of a recording was not removed');
    }
  }
}

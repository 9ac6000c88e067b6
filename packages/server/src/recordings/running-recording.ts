import type { Publication, RecordingOptions } from '@proscenium/media';
import type { Logger } from 'pino';
import { type Alarm, wait } from '../clock.ts';
import type { EventLog } from '../events/service-event.ts';
import type { RecordingChange } from '../participants/participant-recording.ts';
import { stages } from '../stages/stage-table.ts';
import type { Store } from '../store/store.ts';
import type { RecordedStages } from './recorded-stages.ts';
import { type RecordingNews, recordingStateChange } from './recording-events.ts';
import { recordingFailure } from './recording-failure.ts';
import { RecordingFiles, type RecordingFilesParts } from './recording-files.ts';
import type { RecordingJob, RecordingMedia } from './recording-media.ts';
import { type MetadataFile, recordingEnded, recordingFailed, recordingStarted } from './recording-metadata.ts';
import { deleteRecording, hasEnded, type RecordingRecord, updateRecording } from './recording-table.ts';

export interface RunningRecordingParts extends Omit<RecordingFilesParts, 'onFailed' | 'onStalled'> {
  readonly store: Store;
  readonly live: RecordedStages;
  readonly media: RecordingMedia;
  readonly events: EventLog;
  /** Nothing is left to do. */
  readonly onDone: () => void;
}

const RETRY_DELAY_MS = 1_000;

/**
 * One recording, from the first publish to the last upload. What happens to it is written down before it counts as done,
 * and again until it is durable, so that the next start of the server takes it up where this one left it.
 */
export class RunningRecording {
  readonly #parts: RunningRecordingParts;
  readonly #logger: Logger;
  readonly #files: RecordingFiles;
  #record: RecordingRecord;
  /** The recording of the present publish, if any. */
  #job: RecordingJob | undefined;
  #windowAlarm: Alarm | undefined;
  /** Resolves when the bucket tells, or will tell first, that it began. */
  readonly #announced = Promise.withResolvers<void>();
  #isFinishing = false;
  readonly #closing = new AbortController();
  /** Settles when everything so far is done. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param record as it stands in the store */
  constructor(record: RecordingRecord, parts: RunningRecordingParts) {
    this.#record = record;
    this.#parts = parts;
    const { id, stage, participantId } = record;
    this.#logger = parts.logger.child({ recordingId: id, stageId: stage.stageId, participantId });
    this.#files = new RecordingFiles(record, {
      ...parts,
      logger: this.#logger,
      onFailed: (cause) => this.#fail(cause),
    });
  }

  get state(): RecordingRecord['state'] {
    return this.#record.state;
  }

  /** Records a publish. Resolves when others know that it began, or it failed. */
  begin(publication: Publication): Promise<void> {
    return this.#inTurn(async () => {
      await this.#files.open();
      await Promise.all([this.#write({ state: 'STARTING' }), this.#files.checkBucket(), this.#startMedia(publication)]);
      await this.#activate();
    });
  }

  /** Goes on with another publish of the participant. @returns false when that is to be a recording of its own */
  async resume(publication: Publication, sessionId: string): Promise<boolean> {
    if (this.#isFinishing) return false;
    return this.#inTurn(async () => {
      const { waitEndTime, sessionId: earlierSessionId } = this.#record;
      if (waitEndTime === undefined || this.#isFinishing) return false;
      this.#windowAlarm?.cancel();
      if (waitEndTime <= this.#parts.clock.now() || !(await this.#mayGoOn())) return false;
      await this.#write({ sessionId, waitEndTime: undefined, endTime: undefined });
      if (sessionId !== earlierSessionId) await this.#leaveSession(earlierSessionId);
      this.#logger.info('a recording goes on');
      await this.#startMedia(publication);
      return true;
    });
  }

  /** The publish has ended. Resolves when it is durable until when another one is waited for. */
  async publishEnded(endTime: Date): Promise<void> {
    if (!this.#isFinishing) await this.#inTurn(() => this.#waitOrFinish(endTime));
  }

  /** Takes up what an earlier run of the server left. Resolves when that needs no more than time. */
  recover(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#files.open();
      const { state } = this.#record;
      if (hasEnded(this.#record)) {
        this.#isFinishing = true;
        this.#later(() => this.#cleanUp());
        return;
      }
      if (state === 'STARTING') await this.#activate();
      else this.#announced.resolve();
      if (state === 'STOPPING' || this.#record.failure) this.finish();
      else if (this.#record.waitEndTime) this.#await();
      else await this.#takeUp();
    });
  }

  /** Ends it without waiting for its publisher. It goes on with that by itself. */
  finish(): void {
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    this.#later(() => this.#finish());
  }

  /** Resolves when it has ended, or only waits, or `patience` is over. The rest is left to the server's next start. */
  async close(patience: Promise<unknown>): Promise<void> {
    this.#windowAlarm?.cancel();
    await Promise.race([this.#turn, patience]);
    this.#windowAlarm?.cancel();
    this.#closing.abort();
  }

  async #mayGoOn(): Promise<boolean> {
    const { stage, settings } = this.#record;
    const { recording } = (await stages.find(this.#parts.store.db, stage, stage.stageId)) ?? {};
    return (
      recording?.storageConfigurationArn === settings.storageConfigurationArn &&
      recording.recordingReconnectWindowSeconds > 0
    );
  }

  /** The server was killed while it was recorded: that ended with what was written last. Its publisher is waited for from now on. */
  async #takeUp(): Promise<void> {
    const now = this.#parts.clock.now();
    const { startTime } = this.#record;
    const lastWriteTime = (await this.#files.lastWriteTime()) ?? now;
    const endTimeMs = Math.min(Math.max(lastWriteTime.getTime(), startTime.getTime()), now.getTime());
    await this.#waitOrFinish(new Date(endTimeMs), now);
  }

  async #waitOrFinish(endTime: Date, waitTime = endTime): Promise<void> {
    await this.#stopMedia();
    const windowMs = this.#record.settings.recordingReconnectWindowSeconds * 1_000;
    if (windowMs === 0) {
      this.#record = { ...this.#record, endTime };
      this.finish();
    } else {
      await this.#write({ endTime, waitEndTime: new Date(waitTime.getTime() + windowMs) });
      this.#await();
    }
  }

  #await(): void {
    const { waitEndTime } = this.#record;
    if (waitEndTime === undefined || this.#isFinishing || this.#closing.signal.aborted) return;
    const { clock } = this.#parts;
    const delayMs = waitEndTime.getTime() - clock.now().getTime();
    if (delayMs <= 0) this.finish();
    else this.#windowAlarm = clock.setAlarm(delayMs, () => this.finish());
  }

  async #startMedia(publication: Publication): Promise<void> {
    try {
      const job = await this.#parts.media.record(publication, this.#mediaOptions());
      job.on('file', ({ path, final }) => {
        void this.#announced.promise.then(() => this.#files.add(path, { isFinal: final }));
      });
      job.on('failed', (fault) => this.#fail(fault));
      this.#job = job;
    } catch (error) {
      this.#fail(error);
    }
  }

  #mediaOptions(): RecordingOptions {
    const { mediaTypes, hlsConfiguration, thumbnailConfiguration } = this.#record.settings;
    const { recordingMode, targetIntervalSeconds, storage } = thumbnailConfiguration;
    const [mediaType = 'AUDIO_VIDEO'] = mediaTypes;
    return {
      folder: this.#files.folder,
      mediaType,
      targetSegmentDurationSeconds: hlsConfiguration.targetSegmentDurationSeconds,
      ...(recordingMode === 'INTERVAL' && { thumbnails: { targetIntervalSeconds, storage } }),
    };
  }

  async #stopMedia(): Promise<void> {
    const job = this.#job;
    this.#job = undefined;
    try {
      await job?.stop();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #activate(): Promise<void> {
    if (this.#record.failure) return;
    await this.#files.write(recordingStarted(this.#record));
    this.#announced.resolve();
    if (this.#record.failure) return;
    await this.#write({ state: 'ACTIVE' }, { name: 'Recording Start' });
  }

  /** The first cause counts. */
  #fail(cause: unknown): void {
    if (hasEnded(this.#record)) return;
    this.#logger.error({ err: cause }, 'a recording failed');
    if (this.#record.failure) return;
    this.#record = { ...this.#record, failure: recordingFailure(cause) };
    this.finish();
  }

  async #finish(): Promise<void> {
    this.#windowAlarm?.cancel();
    // A server that is killed from here on leaves no recording that seems to have gone well.
    const { failure } = this.#record;
    if (failure) await this.#write({});
    await this.#stopMedia();
    const { state, endTime = this.#parts.clock.now() } = this.#record;
    if (state === 'ACTIVE') await this.#write({ state: 'STOPPING', waitEndTime: undefined, endTime });
    const durationMs = await this.#closeFolder();
    if (this.#record.failure !== failure) await this.#write({});
    await this.#files.write(this.#lastWord(endTime, durationMs));
    // A failure is told at once. What there is follows when it can.
    if (!this.#record.failure) await this.#files.settled(this.#closing.signal);
    await this.#files.putIfBroken(this.#lastWord(endTime, durationMs));
    await this.#tellEnd(durationMs);
    await this.#cleanUp();
  }

  async #closeFolder(): Promise<number> {
    try {
      const { durationMs, files } = await this.#parts.media.closeFolder(this.#files.folder, this.#files.lost);
      this.#files.addAll(files);
      return durationMs;
    } catch (error) {
      this.#fail(error);
      return 0;
    }
  }

  #lastWord(endTime: Date, durationMs: number): MetadataFile {
    const { failure } = this.#record;
    return failure
      ? recordingFailed(this.#record, failure, endTime, durationMs)
      : recordingEnded(this.#record, endTime, durationMs);
  }

  async #tellEnd(durationMs: number): Promise<void> {
    const { failure, state } = this.#record;
    if (!failure) await this.#write({ state: 'STOPPED' }, { name: 'Recording End', durationMs });
    else if (state === 'STARTING') await this.#write({ state: 'FAILED' }, { name: 'Recording Start Failure', failure });
    else await this.#write({ state: 'FAILED' }, { name: 'Recording End Failure', failure, durationMs });
    this.#logger.info({ state: this.#record.state, durationMs }, 'a recording ended');
  }

  /** The row goes last: as long as it is there, the next start removes the folder. */
  async #cleanUp(): Promise<void> {
    await this.#files.settled(this.#closing.signal);
    await this.#files.remove();
    await this.#persist(() => this.#parts.store.write((trx) => deleteRecording(trx, this.#record.id)));
    this.#parts.onDone();
  }

  async #write(change: Partial<RecordingRecord>, news?: RecordingNews): Promise<void> {
    this.#record = { ...this.#record, ...change };
    const record = this.#record;
    const { live, events, clock } = this.#parts;
    await this.#persist(() =>
      live.writeRecording(record.stage, record, membersBy(record), async (trx) => {
        const isThere = await updateRecording(trx, record);
        if (isThere && news) await events.record(trx, recordingStateChange(record, news, clock.now()));
      }),
    );
  }

  /** What was recorded there stays as it is. */
  async #leaveSession(sessionId: string): Promise<void> {
    const { stage, participantId, prefix } = this.#record;
    const stop: RecordingChange = (present) =>
      present.recordingS3Prefix === prefix ? { ...present, recordingState: 'STOPPED' } : present;
    await this.#persist(() =>
      this.#parts.live.writeRecording(stage, { sessionId, participantId }, stop, async () => {}),
    );
  }

  async #persist(write: () => Promise<void>): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      signal.throwIfAborted();
      try {
        return await write();
      } catch (error) {
        signal.throwIfAborted();
        this.#logger.error({ err: error }, 'the state of a recording could not be written down');
        await wait(this.#parts.clock, RETRY_DELAY_MS, signal);
      }
    }
  }

  #later(work: () => Promise<void>): void {
    this.#inTurn(work).catch((error) => {
      if (!this.#closing.signal.aborted) this.#logger.error({ err: error }, 'a recording could not be ended');
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined); // whoever asked is told
    return done;
  }
}

/** What the participant's record says of it, unless that tells of a later one already. */
function membersBy({ state, bucketName, prefix }: RecordingRecord): RecordingChange {
  const isLatest = state === 'STARTING' || state === 'ACTIVE';
  return (present) =>
    isLatest || present.recordingS3Prefix === prefix
      ? { recordingState: state, recordingS3BucketName: bucketName, recordingS3Prefix: prefix }
      : present;
}

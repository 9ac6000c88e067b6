import { EventEmitter } from 'node:events';
import type { ChildProgram } from '../child-program/child-program.ts';
import type { Publication } from '../sfu/publication.ts';
import type { FromRecorder, Opened, RecorderNews, ToRecorder } from './recorder-messages.ts';
import { RecordingFeed } from './recording-feed.ts';
import { neededKinds, RecordingFault, type RecordingOptions } from './recording-options.ts';

export type Recorder = ChildProgram<ToRecorder, FromRecorder>;

export interface RecordingEvents {
  /**
   * A file is there as it is told.
   *
   * @param file `path` relative to the folder, with `/`; `final`: never written again
   */
  file: [file: { readonly path: string; readonly final: boolean }];
  /** Of all that the folder holds, what was there before included. */
  durationchanged: [durationMs: number];
  /** It cannot go on. What was recorded stays. */
  failed: [fault: RecordingFault];
  /** Nothing comes any more: it was stopped, its publication ended, or it failed. */
  ended: [];
}

/** A disk may be slow, and what is transcoded may have to be caught up with. */
const ANSWER_TIMEOUT_MS = 15_000;
/** A recorder that dies so often without a file of this recording in between shall not be started for it for ever. */
const MAXIMUM_DEATHS = 5;

/** A publication on its way into a folder. It ends with the publication, or by {@link stop}. */
export class Recording extends EventEmitter<RecordingEvents> {
  readonly id: number;
  readonly #publication: Publication;
  readonly #options: RecordingOptions;
  readonly #recorder: Recorder;
  #feed: RecordingFeed | undefined;
  #stopping: Promise<void> | undefined;
  #durationMs = 0;
  #deaths = 0;
  #over = false;

  private constructor(id: number, publication: Publication, options: RecordingOptions, recorder: Recorder) {
    super();
    this.id = id;
    this.#publication = publication;
    this.#options = options;
    this.#recorder = recorder;
    recorder.on('message', this.#hear);
    recorder.on('died', this.#lose);
    recorder.on('restarted', this.#goOn);
    publication.once('ended', this.#end);
  }

  /** A publication that ends meanwhile is no failure. @throws {RecordingFault} */
  static async begin(
    id: number,
    publication: Publication,
    options: RecordingOptions,
    recorder: Recorder,
  ): Promise<Recording> {
    const recording = new Recording(id, publication, options, recorder);
    try {
      await recording.#open();
      return recording;
    } catch (error) {
      recording.#finish();
      void recording.stop(); // it may have begun there
      // Its worker's transports go with it.
      if (publication.ended) return recording;
      throw error instanceof RecordingFault
        ? error
        : new RecordingFault('INTERNAL', 'It cannot begin', { cause: error });
    }
  }

  get durationMs(): number {
    return this.#durationMs;
  }

  /** Whether nothing comes any more. */
  get ended(): boolean {
    return this.#over;
  }

  /**
   * Closes the open segment; after a failure, resolves when nothing is written any more. What is recorded can be gone on with,
   * or closed by `closeRecordingFolder`.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    // A recorder that is down, or dies now, has written what it could.
    await this.#recorder.ask({ type: 'stop', id: this.id }, ANSWER_TIMEOUT_MS).catch(() => undefined);
    this.#finish();
  }

  async #open(): Promise<void> {
    const kinds = [...this.#publication.producers.keys()];
    const question = { type: 'open', id: this.id, options: this.#options, kinds } as const;
    const opened = await this.#recorder.ask<Opened>(question, ANSWER_TIMEOUT_MS);
    if ('fault' in opened) throw new RecordingFault(opened.fault.code, opened.fault.message);
    const feed = await RecordingFeed.open(this.#publication, neededKinds(this.#options), opened.port);
    if (this.#over || this.#stopping) return feed.close();
    feed.on('news', (news) => this.#recorder.send({ type: 'news', id: this.id, news }));
    feed.on('failed', (error) => this.#fail(new RecordingFault('INTERNAL', error.message, { cause: error })));
    this.#feed = feed;
    await feed.start();
  }

  readonly #hear = ({ id, news }: FromRecorder): void => {
    if (id === this.id && !this.#over) this.#take(news);
  };

  #take(news: RecorderNews): void {
    switch (news.type) {
      case 'keyFrameWanted':
        this.#feed?.requestKeyFrame();
        break;
      case 'file':
        this.#deaths = 0;
        this.emit('file', { path: news.path, final: news.final });
        break;
      case 'duration':
        this.#durationMs = news.durationMs;
        this.emit('durationchanged', news.durationMs);
        break;
      case 'failed':
        this.#fail(new RecordingFault(news.fault.code, news.fault.message));
        break;
    }
  }

  readonly #lose = (cause: Error): void => {
    this.#feed?.close();
    this.#feed = undefined;
    this.#deaths += 1;
    if (this.#deaths >= MAXIMUM_DEATHS)
      this.#fail(new RecordingFault('INTERNAL', 'The recorder dies again and again', { cause }));
  };

  readonly #goOn = (): void => {
    if (this.#stopping) return;
    this.#open().catch((error) => {
      // If it died once more, there will be another attempt.
      if (this.#recorder.pid === undefined || this.#publication.ended) return;
      this.#fail(
        error instanceof RecordingFault ? error : new RecordingFault('INTERNAL', 'It cannot go on', { cause: error }),
      );
    });
  };

  readonly #end = (): void => {
    void this.stop();
  };

  #fail(fault: RecordingFault): void {
    if (this.#over) return;
    this.#finish();
    // Else it would go on with black and silence.
    void this.stop();
    this.emit('failed', fault);
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#recorder.off('message', this.#hear);
    this.#recorder.off('died', this.#lose);
    this.#recorder.off('restarted', this.#goOn);
    this.#publication.off('ended', this.#end);
    this.#feed?.close();
    this.#feed = undefined;
    this.emit('ended');
  }
}

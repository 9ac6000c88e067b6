import { EventEmitter } from 'node:events';
import type { ChildProgram } from '../child-program/child-program.ts';
import type { Publication } from '../sfu/publication.ts';
import type { ComposerOpened, ComposerStatistics, FromComposer, PictureSize, ToComposer } from './composer-messages.ts';
import { CompositionFault } from './composition-fault.ts';
import type { CompositionOptions, OutputReport } from './composition-options.ts';
import { CompositionFeed } from './feed/composition-feed.ts';

export type ComposerProgram = ChildProgram<ToComposer, FromComposer>;

/** Somebody who is seen and heard. */
export interface ComposedPublication {
  readonly participantId: string;
  readonly publication: Publication;
  /** By which layouts order and feature participants. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface CompositionEvents {
  /** How a destination stands. Nothing follows its end, which is told of each. */
  report: [destinationId: string, report: OutputReport];
  /**
   * HLS: a file is there as it is told.
   *
   * @param file `path` relative to the destination's folder, with `/`; `final`: never written again
   */
  file: [destinationId: string, file: { readonly path: string; readonly final: boolean }];
  /** HLS of a live stream: the file is not named by the playlist any more. */
  gone: [destinationId: string, path: string];
  /** HLS: of all that the folder holds, what was there before included. */
  duration: [destinationId: string, durationMs: number];
  /** Every two seconds. */
  statistics: [statistics: ComposerStatistics];
  /** Its composer has ended by itself. */
  died: [cause: Error];
  /** It cannot go on; its destinations have ended. */
  failed: [fault: CompositionFault];
  /** Nothing comes any more: it was stopped, or it failed. */
  ended: [];
}

interface Fed {
  readonly publication: Publication;
  readonly attributes: Readonly<Record<string, string>>;
  feed: CompositionFeed | undefined;
  wanted: PictureSize | undefined;
}

const OPEN_TIMEOUT_MS = 15_000;
/** Outputs end what they have begun within 5 s. */
const CLOSE_TIMEOUT_MS = 8_000;
/** A composer that dies so often in so short a time would only waste what others need. */
const MAXIMUM_DEATHS = 5;
const DEATHS_WITHIN_MS = 5 * 60_000;

/** All who publish into a stage in one picture and one sound, on the way to one or two destinations, until it is stopped. */
export class Composition extends EventEmitter<CompositionEvents> {
  readonly #options: CompositionOptions;
  readonly #composer: ComposerProgram;
  readonly #onLog: (line: string) => void;
  /** By participant id, in the order of arrival. */
  #participants = new Map<string, Fed>();
  /** How each destination stands; undefined before anything was told. */
  readonly #reports = new Map<string, OutputReport>();
  /** UDP port of the composer; undefined while there is none. */
  #port: number | undefined;
  #deathsMs: number[] = [];
  #cores: number | undefined;
  #stopping: Promise<void> | undefined;
  #over = false;

  private constructor(composer: ComposerProgram, options: CompositionOptions, onLog: (line: string) => void) {
    super();
    this.#composer = composer;
    this.#options = options;
    this.#onLog = onLog;
    composer.on('message', this.#hear);
    composer.on('died', this.#lose);
    composer.on('restarted', this.#goOn);
  }

  /** @param composer belongs to it from now on, also when this throws @throws {CompositionFault} */
  static async begin(
    composer: ComposerProgram,
    options: CompositionOptions,
    onLog: (line: string) => void,
  ): Promise<Composition> {
    const composition = new Composition(composer, options, onLog);
    try {
      await composition.#open(false);
      return composition;
    } catch (cause) {
      composition.#finish();
      void composer.close();
      throw new CompositionFault('INTERNAL', 'The composer does not begin', { cause });
    }
  }

  /** Without the destinations that have ended. */
  get options(): CompositionOptions {
    return { ...this.#options, destinations: this.#options.destinations.filter(({ id }) => !this.#hasEnded(id)) };
  }

  /** Of the composer; undefined while it is down. */
  get pid(): number | undefined {
    return this.#composer.pid;
  }

  /** Whether nothing comes any more. */
  get ended(): boolean {
    return this.#over;
  }

  /** CPU time of the composer by the time that passed, as last told; undefined before. */
  get cores(): number | undefined {
    return this.#cores;
  }

  /** @param participants all who publish now, by arrival: whoever is missing is gone */
  setParticipants(participants: readonly ComposedPublication[]): void {
    if (this.#over || this.#stopping) return;
    const before = this.#participants;
    this.#participants = new Map(
      participants.map(({ participantId, publication, attributes }) => {
        const known = before.get(participantId);
        const same = known?.publication === publication;
        const { feed, wanted } = { feed: same ? known.feed : undefined, wanted: known?.wanted };
        return [participantId, { publication, attributes, feed, wanted }];
      }),
    );
    for (const [participantId, { feed }] of before) {
      if (feed && this.#participants.get(participantId)?.feed !== feed) feed.close();
    }
    this.#tellParticipants();
    this.#feedAll();
  }

  /** Ends one destination properly, of which nobody needs anything any more: nothing is made for it alone. */
  endDestination(destinationId: string): void {
    if (this.#over || this.#stopping || !this.options.destinations.some(({ id }) => id === destinationId)) return;
    this.#report(destinationId, { state: 'STOPPED' });
    if (this.#port !== undefined) this.#composer.send({ type: 'endDestination', destinationId });
  }

  /** Ends all destinations properly, and the composer. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#stopFeeding();
    // One that is down, or dies now, has ended what it could.
    await this.#composer.ask({ type: 'close' }, CLOSE_TIMEOUT_MS).catch(() => undefined);
    this.#composer.off('died', this.#lose);
    await this.#composer.close();
    this.#end();
  }

  async #open(goesOn: boolean): Promise<void> {
    const { options } = this;
    const { port } = await this.#composer.ask<ComposerOpened>({ type: 'open', options, goesOn }, OPEN_TIMEOUT_MS);
    if (this.#over || this.#stopping) return;
    this.#port = port;
    for (const { id: destinationId } of options.destinations) {
      if (this.#hasEnded(destinationId)) this.#composer.send({ type: 'endDestination', destinationId });
    }
    this.#tellParticipants();
    this.#feedAll();
  }

  #tellParticipants(): void {
    if (this.#port === undefined) return;
    const participants = [...this.#participants].map(([participantId, { attributes }]) => ({
      participantId,
      attributes,
    }));
    this.#composer.send({ type: 'participants', participants });
  }

  #feedAll(): void {
    if (this.#port === undefined) return;
    for (const [participantId, fed] of this.#participants) {
      if (!fed.feed && !fed.publication.ended) fed.feed = this.#feed(participantId, fed, this.#port);
    }
  }

  #feed(participantId: string, { publication, wanted }: Fed, port: number): CompositionFeed {
    const feed = new CompositionFeed(publication, port);
    feed.on('news', (news) => this.#composer.send({ type: 'news', participantId, news }));
    feed.on('failed', (error) => this.#onLog(`A stream does not come to its composition: ${error.message}`));
    feed.want(wanted);
    void feed.start();
    return feed;
  }

  #stopFeeding(): void {
    this.#port = undefined;
    for (const fed of this.#participants.values()) {
      fed.feed?.close();
      fed.feed = undefined;
      fed.wanted = undefined;
    }
  }

  readonly #hear = (message: FromComposer): void => {
    if (this.#over) return;
    switch (message.type) {
      case 'wanted':
        for (const { participantId, size } of message.videos) this.#want(participantId, size);
        break;
      case 'keyFrameWanted':
        this.#participants.get(message.participantId)?.feed?.requestKeyFrame();
        break;
      case 'report':
        this.#report(message.destinationId, message.report);
        break;
      case 'file':
        this.emit('file', message.destinationId, { path: message.path, final: message.final });
        break;
      case 'gone':
        this.emit('gone', message.destinationId, message.path);
        break;
      case 'duration':
        this.emit('duration', message.destinationId, message.durationMs);
        break;
      case 'statistics':
        this.#cores = message.statistics.cores;
        this.emit('statistics', message.statistics);
        break;
    }
  };

  #want(participantId: string, size: PictureSize | undefined): void {
    const fed = this.#participants.get(participantId);
    if (!fed) return;
    fed.wanted = size;
    fed.feed?.want(size);
  }

  #hasEnded(destinationId: string): boolean {
    const state = this.#reports.get(destinationId)?.state;
    return state === 'FAILED' || state === 'STOPPED';
  }

  #report(destinationId: string, report: OutputReport): void {
    if (this.#hasEnded(destinationId) || this.#reports.get(destinationId)?.state === report.state) return;
    this.#reports.set(destinationId, report);
    this.emit('report', destinationId, report);
  }

  readonly #lose = (cause: Error): void => {
    this.#stopFeeding();
    this.emit('died', cause);
    const nowMs = performance.now();
    this.#deathsMs = [...this.#deathsMs.filter((atMs) => nowMs - atMs < DEATHS_WITHIN_MS), nowMs];
    if (this.#deathsMs.length >= MAXIMUM_DEATHS) {
      this.#fail(new CompositionFault('INTERNAL', 'The composer dies again and again', { cause }));
      return;
    }
    for (const [destinationId, { state }] of this.#reports) {
      if (state === 'ACTIVE') this.#report(destinationId, { state: 'RECONNECTING' });
    }
  };

  readonly #goOn = (): void => {
    if (this.#over || this.#stopping) return;
    this.#open(true).catch((cause) => {
      // If it died once more, there will be another attempt.
      if (this.#composer.pid === undefined) return;
      this.#fail(new CompositionFault('INTERNAL', 'The composer does not go on', { cause }));
    });
  };

  #fail(fault: CompositionFault): void {
    if (this.#over || this.#stopping) return;
    for (const { id } of this.#options.destinations) {
      this.#report(id, { state: 'FAILED', code: 'INTERNAL', message: fault.message });
    }
    this.emit('failed', fault);
    void this.stop();
  }

  /** Whatever was not told as ended has ended now. */
  #end(): void {
    if (this.#over) return;
    for (const { id } of this.#options.destinations) this.#report(id, { state: 'STOPPED' });
    this.#finish();
    this.emit('ended');
  }

  #finish(): void {
    this.#over = true;
    this.#composer.off('message', this.#hear);
    this.#composer.off('died', this.#lose);
    this.#composer.off('restarted', this.#goOn);
    this.#stopFeeding();
    this.#participants.clear();
  }
}

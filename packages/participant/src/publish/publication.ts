import { EventEmitter } from 'node:events';
import {
  codeOfEventError,
  type Logger,
  type MediaKind,
  type MuteState,
  type ParticipantToken,
  Retrier,
  StageError,
  StageErrorCategory,
  StageErrorCode,
  systemClock,
  WhipRefusal,
} from '@proscenium/web-broadcast/signalling';
import type { Identity } from '../connection/identity.ts';
import { type AudioSource, checkAudio, playAudio, playVideo, type VideoSource } from './media-source.ts';
import { PublishConnection } from './publish-connection.ts';

/** What is to be published: sound, video or both. */
export interface PublishedMedia {
  readonly audio?: AudioSource | undefined;
  readonly video?: VideoSource | undefined;
}

/**
 * - `attempting_publish`: on the way
 * - `published`: what the sources give is sent
 * - `errored`: the connection broke, and is made anew for 30 seconds
 * - `not_published`: over
 */
export type PublishState = 'attempting_publish' | 'published' | 'errored' | 'not_published';

export interface PublicationEvents {
  stateChanged: [state: PublishState];
  /** Somebody needs a key frame: the video source is to give one soon. */
  keyFrameRequested: [];
  /** A source has no more, or has thrown this error. The publish goes on. */
  sourceEnded: [kind: MediaKind, error: unknown];
  /** It is over: with the error for which it was given up, or by `stop()`. */
  ended: [error: StageError | undefined];
}

/** What this participant publishes. */
export interface Publication extends EventEmitter<PublicationEvents> {
  readonly state: PublishState;
  /**
   * Puts another source in the place of the present one, which is told to stop; `undefined` sends nothing more.
   *
   * @throws {RangeError} for samples that Opus does not know
   */
  setAudio(source: AudioSource | undefined): void;
  setVideo(source: VideoSource | undefined): void;
  /** Sends nothing of a kind, and tells so to everybody. Its source runs on unheard. */
  setMuted(kind: MediaKind, muted: boolean): void;
  /** Ends it. */
  stop(): void;
}

export interface PublicationParts {
  readonly token: ParticipantToken;
  readonly identity: Identity;
  readonly log: Logger;
  /** The server is to be told what is muted. */
  readonly onMuteState: () => void;
}

/** A source, and what ends it. */
interface Source {
  readonly ending: AbortController;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** As the web client: what stood for a moment worked, and is made again without delay. */
const RETRY = { firstDelayMs: 100, stableMs: 1_000 };

/** Keeps its sources published until it is stopped or given up. */
export class LocalPublication extends EventEmitter<PublicationEvents> implements Publication {
  readonly #parts: PublicationParts;
  readonly #retrier = new Retrier(systemClock, RETRY);
  readonly #sources: Record<MediaKind, Source | undefined> = { audio: undefined, video: undefined };
  /** Sources are played from the first time that it is published on: nothing of them is to be lost. */
  #playing = false;
  readonly #muted = { audio: false, video: false };
  #state: PublishState = 'not_published';
  #connection: PublishConnection | undefined;
  /** Ends the attempt that is under way, or was the last. */
  #attempt = new AbortController();
  /** What the server told last, and what it told when the present attempt began. */
  #publishId: string | undefined;
  #earlierPublishId: string | undefined;
  #seenByServer = false;

  constructor(parts: PublicationParts) {
    super();
    this.#parts = parts;
  }

  get state(): PublishState {
    return this.#state;
  }

  /** A kind without a source counts as muted. */
  get muteState(): MuteState {
    return {
      audioMuted: this.#muted.audio || !this.#sources.audio,
      videoStopped: this.#muted.video || !this.#sources.video,
    };
  }

  /** Settles when it is published for the first time. @throws {StageError} when it is given up before */
  start({ audio, video }: PublishedMedia): Promise<void> {
    const started = new Promise<void>((resolve, reject) => {
      const hear = (state: PublishState) => {
        if (state === 'published') settle(resolve);
      };
      const over = (error = canceled()) => settle(() => reject(error));
      const settle = (work: () => void) => {
        this.off('stateChanged', hear);
        this.off('ended', over);
        work();
      };
      this.on('stateChanged', hear);
      this.on('ended', over);
    });
    if (audio) this.setAudio(audio);
    if (video) this.setVideo(video);
    this.#try();
    return started;
  }

  setAudio(source: AudioSource | undefined): void {
    if (source) checkAudio(source);
    this.#set('audio', source && ((signal) => playAudio(source, (...sent) => this.#sendAudio(...sent), signal)));
  }

  setVideo(source: VideoSource | undefined): void {
    this.#set('video', source && ((signal) => playVideo(source, (...sent) => this.#sendVideo(...sent), signal)));
    // Whoever watches knows nothing of the pictures before it.
    if (source && this.#playing && this.#state === 'published') this.emit('keyFrameRequested');
  }

  setMuted(kind: MediaKind, muted: boolean): void {
    if (this.#muted[kind] === muted) return;
    this.#muted[kind] = muted;
    this.#parts.onMuteState();
    if (kind === 'video' && !muted) this.emit('keyFrameRequested');
  }

  stop(): void {
    this.#end(undefined);
  }

  /** Told what the server says of the publish. One that it had and has no more is gone, although ICE may notice only later. */
  observe(publishId: string | undefined): void {
    const gone = publishId === undefined && this.#seenByServer;
    this.#publishId = publishId;
    this.#seenByServer = publishId !== undefined && publishId !== this.#earlierPublishId;
    if (gone && this.#state === 'published') this.#failed(new WhipRefusal('ended by the server', { temporary: true }));
  }

  /** The server has cut it for this reason. */
  cut(eventErrorCode: string): void {
    this.#failed(new WhipRefusal(eventErrorCode, { code: codeOfEventError(eventErrorCode) }));
  }

  /** Something tells that an attempt may work now. */
  hurry(): void {
    this.#retrier.hurry();
  }

  #set(kind: MediaKind, run: Source['run'] | undefined): void {
    const before = this.#sources[kind];
    const source = run && { ending: new AbortController(), run };
    this.#sources[kind] = source;
    before?.ending.abort();
    if ((before === undefined) !== (source === undefined)) this.#parts.onMuteState();
    if (this.#playing) this.#play(kind);
  }

  #play(kind: MediaKind): void {
    const source = this.#sources[kind];
    if (!source) return;
    const over = (error?: unknown) => {
      if (this.#sources[kind] !== source) return;
      this.#sources[kind] = undefined;
      this.#parts.onMuteState();
      this.emit('sourceEnded', kind, error);
    };
    source.run(source.ending.signal).then(() => over(), over);
  }

  #sendAudio({ payload, levelDbov }: { payload: Uint8Array; levelDbov?: number }, dueMs: number): void {
    if (!this.#muted.audio) this.#connection?.sendAudio(payload, dueMs, levelDbov);
  }

  #sendVideo(nalUnits: readonly Buffer[], dueMs: number): void {
    if (!this.#muted.video) this.#connection?.sendVideo(nalUnits, dueMs);
  }

  async #try(): Promise<void> {
    this.#attempt = new AbortController();
    const { signal } = this.#attempt;
    this.#earlierPublishId = this.#publishId;
    this.#seenByServer = false;
    this.#setState('attempting_publish');
    try {
      const connection = await PublishConnection.open(this.#parts.token, this.#parts.identity, signal);
      if (signal.aborted) connection.close();
      else this.#connected(connection);
    } catch (error) {
      if (signal.aborted) return;
      const detail = (error as Error).message;
      this.#failed(error instanceof WhipRefusal ? error : new WhipRefusal(detail, { temporary: true }));
    }
  }

  #connected(connection: PublishConnection): void {
    this.#connection = connection;
    connection.on('keyFrameRequested', () => this.emit('keyFrameRequested'));
    connection.once('lost', ({ message }) => this.#failed(new WhipRefusal(message, { temporary: true })));
    this.#retrier.succeeded();
    this.#setState('published');
    this.#parts.onMuteState();
    if (!this.#playing) setImmediate(() => this.#begin());
    else if (this.#sources.video) this.emit('keyFrameRequested');
  }

  /** Who asked to publish listens by now. */
  #begin(): void {
    if (this.#playing || this.#state === 'not_published') return;
    this.#playing = true;
    this.#play('audio');
    this.#play('video');
    if (this.#sources.video) this.emit('keyFrameRequested');
  }

  #failed({ message, code, temporary, retryAfterMs }: WhipRefusal): void {
    if (this.#state === 'not_published') return;
    this.#drop();
    this.#parts.log.warn('publish failed', { detail: message });
    const again = temporary && this.#retrier.retry(() => this.#try(), { atLeastMs: retryAfterMs });
    if (again) this.#setState('errored');
    else this.#end(new StageError(code, StageErrorCategory.PUBLISH_ERROR, message));
  }

  #drop(): void {
    this.#attempt.abort();
    this.#connection?.close();
    this.#connection = undefined;
  }

  #end(error: StageError | undefined): void {
    if (this.#state === 'not_published') return;
    this.#drop();
    this.#retrier.reset();
    for (const kind of ['audio', 'video'] as const) {
      this.#sources[kind]?.ending.abort();
      this.#sources[kind] = undefined;
    }
    this.#setState('not_published');
    this.emit('ended', error);
  }

  #setState(state: PublishState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.emit('stateChanged', state);
  }
}

function canceled(): StageError {
  return new StageError(StageErrorCode.CANCELED, StageErrorCategory.PUBLISH_ERROR);
}

import type { MuteState, PublishLayer } from '../connection/messages.ts';
import { Retrier } from '../connection/retrier.ts';
import type { RetryOptions } from '../connection/retry-schedule.ts';
import { canEncode } from '../connection/stage-codecs.ts';
import type { WhipRefusal } from '../connection/whip-resource.ts';
import { Emitter } from '../emitter.ts';
import { codeOfEventError } from '../stage/event-error-code.ts';
import { StageError, StageErrorCategory, StageErrorCode } from '../stage/stage-error.ts';
import { StageParticipantPublishState } from '../stage/stage-events.ts';
import type { LocalStreams } from '../stage/stage-strategy.ts';
import type { LocalStageStream } from '../streams/local-stage-stream.ts';
import { PublishConnection, type PublishConnectionParts } from './publish-connection.ts';

interface PublisherEvents {
  stateChanged: [state: StageParticipantPublishState];
  streamsAdded: [streams: LocalStageStream[]];
  streamsRemoved: [streams: LocalStageStream[]];
  streamMuteChanged: [stream: LocalStageStream];
  /** The streams or their mute flags changed: the server is to be told. */
  muteStateChanged: [];
  /** What is published does not get through: other connections may be broken as well. */
  silent: [];
  error: [error: StageError];
}

const { NOT_PUBLISHED, ATTEMPTING_PUBLISH, PUBLISHED, ERRORED } = StageParticipantPublishState;
const NOTHING: LocalStreams = { audio: undefined, video: undefined };
/**
 * A publish that stood for a moment did work: when it is lost, because the server's media restarted, say, it is made
 * again without delay. One that the server does not want is refused, or cut with a reason.
 */
const RETRY: RetryOptions = { firstDelayMs: 100, stableMs: 1_000 };

/** Keeps what the application wishes to publish published. */
export class Publisher extends Emitter<PublisherEvents> {
  readonly #parts: PublishConnectionParts;
  readonly #retrier: Retrier;
  /** The streams that are wished now, and what ends listening to them. */
  readonly #muteListeners = new Map<LocalStageStream, () => void>();
  #wish: LocalStreams | undefined;
  #state: StageParticipantPublishState = NOT_PUBLISHED;
  #connection: PublishConnection | undefined;
  /** What the server told last. */
  #publishId: string | undefined;
  /** Whether it has told anything. */
  #isTold = false;
  /** What it told when the present publish began, which is of the one before. */
  #earlierPublishId: string | undefined;
  /** The server has told of the present publish. */
  #seenByServer = false;
  /** A connection has stood since publishing was wished. */
  #stood = false;

  constructor(parts: PublishConnectionParts) {
    super();
    this.#parts = parts;
    this.#retrier = new Retrier(parts.clock, RETRY);
    parts.frames.on('failed', () => {
      if (this.streams.video?.carriesMessages) this.#startAnew();
    });
  }

  get state(): StageParticipantPublishState {
    return this.#state;
  }

  get streams(): LocalStreams {
    return this.#wish ?? NOTHING;
  }

  /** A stream that is not there counts as muted, as long as there is another one. */
  get muteState(): MuteState {
    if (!this.#wish) return { audioMuted: false, videoStopped: false };
    const { audio, video } = this.streams;
    return { audioMuted: audio?.isMuted ?? true, videoStopped: video?.isMuted ?? true };
  }

  /** Publishes these streams, changes a running publish to them, or (undefined) ends it. */
  setWish(wish: LocalStreams | undefined): void {
    const allowed = this.#parts.token.present.capabilities.has('publish');
    this.#wish = allowed ? wish : undefined;
    if (!wish) this.#unpublish();
    else if (allowed) this.#publish(wish);
    else this.#refuse(StageErrorCode.TOKEN_NOT_ALLOWED);
    this.#tellStreams();
  }

  /**
   * Told what the server says of this participant's publish. A publish that it had and has no more is gone, although the
   * peer connection may notice only much later.
   */
  observe(publishId: string | undefined): void {
    // From before anything was published here, though an attempt may be under way.
    if (!this.#isTold) this.#earlierPublishId = publishId;
    this.#isTold = true;
    const gone = publishId === undefined && this.#seenByServer;
    this.#publishId = publishId;
    this.#seenByServer = publishId !== undefined && publishId !== this.#earlierPublishId;
    if (gone && this.#state === PUBLISHED) this.#connectionFailed('ended by the server', { temporary: true });
  }

  /** Told by the server which layers of a publish somebody may receive. */
  setLayers(publishId: string, layers: readonly PublishLayer[]): void {
    if (publishId === this.#earlierPublishId) return;
    this.#connection?.holdBack(new Set(layers.flatMap(({ rid, active }) => (active ? [] : [rid]))));
  }

  /**
   * The server has cut the publish, for this reason: it is given up, whether the peer connection has noticed or not. The
   * next refresh of the strategy begins anew.
   */
  cut(eventErrorCode: string): void {
    if (!this.#connection && !this.#retrier.waiting) return;
    this.#connectionFailed(eventErrorCode, { temporary: false, code: codeOfEventError(eventErrorCode) });
  }

  /** Something tells that an attempt may work now. */
  hurry(): void {
    this.#retrier.hurry();
  }

  /** The network may be another one: the connection that is there looks for a new way. */
  restartIce(): void {
    void this.#connection?.restartIce();
  }

  #publish(wish: LocalStreams): void {
    if (this.#connection?.takes(wish)) this.#connection.send(wish);
    else if (this.#connection) this.#startAnew();
    else if (!canEncode()) this.#refuse(StageErrorCode.CODEC_MISMATCH);
    else if (!this.#retrier.waiting) this.#start();
  }

  #start(): void {
    const connection = new PublishConnection(this.#parts, this.streams);
    this.#connection = connection;
    this.#earlierPublishId = this.#publishId;
    this.#seenByServer = false;
    connection.on('connected', () => {
      this.#stood = true;
      this.#retrier.succeeded();
      this.#setState(PUBLISHED);
    });
    connection.on('silent', () => this.emit('silent'));
    connection.on('failed', (refusal) => this.#connectionFailed(refusal.message, refusal));
    void connection.start();
    this.#setState(ATTEMPTING_PUBLISH);
  }

  #startAnew(): void {
    if (!this.#connection) return;
    this.#connection.close();
    this.#start();
  }

  #unpublish(): void {
    this.#retrier.reset();
    this.#connection?.close();
    this.#connection = undefined;
    this.#stood = false;
    this.#setState(NOT_PUBLISHED);
  }

  #connectionFailed(
    detail: string,
    {
      temporary,
      code = StageErrorCode.FAILED,
      retryAfterMs = 0,
    }: Pick<WhipRefusal, 'temporary'> & Partial<Pick<WhipRefusal, 'code' | 'retryAfterMs'>>,
  ): void {
    this.#connection?.close();
    this.#connection = undefined;
    this.#parts.log.warn('publish failed', { detail });
    const again = temporary && this.#retrier.retry(() => this.#start(), { atLeastMs: retryAfterMs });
    this.#setState(ERRORED);
    if (again) return;
    // Given up; the next refresh of the strategy begins anew.
    this.#retrier.reset();
    const told = temporary && this.#stood ? StageErrorCode.FAILED : code;
    this.#stood = false;
    this.emit('error', new StageError(told, StageErrorCategory.PUBLISH_ERROR, detail));
  }

  #refuse(code: StageErrorCode): void {
    if (this.#state === ERRORED) return; // told already
    this.#setState(ERRORED);
    this.emit('error', new StageError(code, StageErrorCategory.PUBLISH_ERROR));
  }

  #setState(state: StageParticipantPublishState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.emit('stateChanged', state);
  }

  #tellStreams(): void {
    const removed = [...this.#muteListeners.keys()].filter((stream) => !this.#present.includes(stream));
    for (const stream of removed) this.#forget(stream);
    if (removed.length + this.#unheeded.length > 0) this.emit('muteStateChanged');
    if (removed.length > 0) this.emit('streamsRemoved', removed);
    // A listener may have changed the wish.
    const added = this.#unheeded;
    for (const stream of added) this.#heed(stream);
    if (added.length > 0) this.emit('streamsAdded', added);
  }

  get #present(): LocalStageStream[] {
    return [this.streams.audio, this.streams.video].filter((stream) => stream !== undefined);
  }

  /** Those of which it is not told yet that they are there. */
  get #unheeded(): LocalStageStream[] {
    return this.#present.filter((stream) => !this.#muteListeners.has(stream));
  }

  #heed(stream: LocalStageStream): void {
    const listener = () => {
      this.#connection?.send(this.streams);
      this.emit('muteStateChanged');
      this.emit('streamMuteChanged', stream);
    };
    this.#muteListeners.set(stream, stream.onMuteChanged(listener));
  }

  #forget(stream: LocalStageStream): void {
    this.#muteListeners.get(stream)?.();
    this.#muteListeners.delete(stream);
  }
}

import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  type ConnectionEnd,
  codeOfEventError,
  compareStates,
  createLogger,
  EventsSocket,
  indexState,
  type Logger,
  LogLevels,
  type MediaKind,
  type ParticipantState,
  type ParticipantToken,
  readParticipantToken,
  type ServerMessage,
  type StageChange,
  StageError,
  StageErrorCategory,
  StageErrorCode,
  StageLeftReason,
  type StageState,
  systemClock,
} from '@proscenium/web-broadcast/signalling';
import { createIdentity, type Identity } from '../connection/identity.ts';
import { checkAudio } from '../publish/media-source.ts';
import { LocalPublication, type Publication, type PublishedMedia } from '../publish/publication.ts';
import type { RemoteAudio } from '../receive/remote-audio.ts';
import type { RemoteVideo } from '../receive/remote-video.ts';
import { Subscriptions } from '../receive/subscriptions.ts';
import { guarded } from './guarded.ts';
import { type RemoteParticipant, RemotePeer, type SubscribeType } from './remote-participant.ts';

/**
 * - `connected`: in the stage
 * - `errored`: the connection broke; it is made anew for 30 seconds
 * - `connecting`: on the way back in
 * - `disconnected`: out of it
 */
export type ConnectionState = 'connecting' | 'connected' | 'errored' | 'disconnected';

export interface JoinOptions {
  /**
   * What to receive of somebody: asked when he joins, begins to publish or gets other attributes, and by `refresh()`.
   * Default: everything, if the token allows that.
   */
  readonly subscribe?: (participant: RemoteParticipant) => SubscribeType;
  /** Ends the attempt to join, and later the stay. */
  readonly signal?: AbortSignal;
  /** Where to tell what happens: `console` fits. Never holds a token. Default: nowhere. */
  readonly logger?: Logger;
}

export interface ParticipantEvents {
  stateChanged: [state: ConnectionState];
  /** Somebody came. Those who are there are told after the join, too. */
  participantJoined: [participant: RemoteParticipant];
  participantLeft: [participant: RemoteParticipant];
  /** User id or attributes are others. */
  participantChanged: [participant: RemoteParticipant];
  published: [participant: RemoteParticipant];
  unpublished: [participant: RemoteParticipant];
  muteChanged: [participant: RemoteParticipant, kind: MediaKind];
  /** Sound of somebody comes from now on. */
  audio: [audio: RemoteAudio, participant: RemoteParticipant];
  video: [video: RemoteVideo, participant: RemoteParticipant];
  /** A subscription is given up; the stay goes on. A publication tells its own end. */
  failed: [error: StageError];
  /** Out of the stage: nothing follows. */
  left: [reason: StageLeftReason];
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const EVENT_OF = {
  joined: 'participantJoined',
  left: 'participantLeft',
  metadata: 'participantChanged',
  published: 'published',
  unpublished: 'unpublished',
} as const;

/** A participant of a stage: what one does with a token. */
export class Participant extends EventEmitter<ParticipantEvents> {
  readonly #token: ParticipantToken;
  readonly #identity: Identity;
  readonly #subscribe: (participant: RemoteParticipant) => SubscribeType;
  readonly #log: Logger;
  readonly #socket: EventsSocket;
  readonly #peers = new Map<string, RemotePeer>();
  readonly #subscriptions: Subscriptions;
  readonly #forgetSignal: () => void;
  #stage: StageState = new Map();
  #state: ConnectionState = 'connecting';
  #publication: LocalPublication | undefined;
  /** Until the server has let the participant in, or has not. */
  #entering: PromiseWithResolvers<void> | undefined;
  /** Messages that came before the one who joins could listen. */
  #early: ServerMessage[] | undefined = [];

  private constructor(token: ParticipantToken, identity: Identity, { subscribe, signal, logger }: JoinOptions) {
    super();
    this.#token = token;
    this.#identity = identity;
    const canSubscribe = token.capabilities.has('subscribe');
    this.#subscribe = subscribe ?? (() => (canSubscribe ? 'AUDIO_VIDEO' : 'NONE'));
    this.#log = createLogger(logger ? LogLevels.INFO : LogLevels.SILENT, logger ?? console);
    this.#socket = new EventsSocket({ token: { present: token }, clock: systemClock, log: this.#log });
    this.#subscriptions = new Subscriptions(this.#peers, {
      identity,
      log: this.#log,
      send: (message) => this.#socket.send(message),
    });
    const abort = () => this.leave();
    signal?.addEventListener('abort', abort, { once: true });
    this.#forgetSignal = () => signal?.removeEventListener('abort', abort);
    this.#listen();
  }

  /**
   * Enters the stage that the token is for.
   *
   * @throws {StageError} when the token cannot be read, or the server refuses it or is not reached in 30 seconds
   * @throws the reason of `signal`
   */
  static async join(token: string, options: JoinOptions = {}): Promise<Participant> {
    options.signal?.throwIfAborted();
    const participant = new Participant(readParticipantToken(token, Date.now()), await createIdentity(), options);
    try {
      await participant.#enter();
    } finally {
      options.signal?.throwIfAborted();
    }
    return participant;
  }

  get id(): string {
    return this.#token.participantId;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Everybody else of whom was told. */
  get participants(): readonly RemoteParticipant[] {
    return [...this.#peers.values()];
  }

  /** What is published; undefined when nothing is. */
  get publication(): Publication | undefined {
    return this.#publication;
  }

  /**
   * Publishes; an earlier publication ends. A source that is not there yet can be set later.
   *
   * @returns when what is sent gets through
   * @throws {StageError} when the server refuses, or it is given up
   * @throws {RangeError} for samples that Opus does not know
   */
  async publish(media: PublishedMedia): Promise<Publication> {
    if (this.#state === 'disconnected') throw publishError(StageErrorCode.CANCELED);
    if (!this.#token.capabilities.has('publish')) throw publishError(StageErrorCode.TOKEN_NOT_ALLOWED);
    if (media.audio) checkAudio(media.audio);
    this.#publication?.stop();
    const { id } = this;
    const publication = new LocalPublication({
      token: this.#token,
      identity: this.#identity,
      log: this.#log,
      onMuteState: () => this.#tellMuteState(),
    });
    publication.once('ended', () => {
      if (this.#publication === publication) this.#publication = undefined;
    });
    this.#publication = publication;
    publication.observe(this.#stage.get(id)?.publishId);
    await publication.start(media);
    return publication;
  }

  /** Asks `subscribe` again, for everybody; what was given up is tried again. */
  refresh(): void {
    for (const peer of this.#peers.values()) guarded(() => this.#ask(peer));
    this.#subscriptions.update();
  }

  /** Leaves the stage. */
  leave(): void {
    this.#end(StageLeftReason.USER_INITIATED);
  }

  /** With `using`: leaves at the end of the block. */
  [Symbol.dispose](): void {
    this.leave();
  }

  async #enter(): Promise<void> {
    const entering = Promise.withResolvers<void>();
    this.#entering = entering;
    this.#socket.connect();
    await entering.promise;
    // Who joined listens by then.
    setImmediate(() => {
      const early = this.#early ?? [];
      this.#early = undefined;
      for (const message of early) guarded(() => this.#receive(message));
    });
  }

  #listen(): void {
    this.#socket.on('connecting', () => this.#setState('connecting'));
    this.#socket.on('connected', () => this.#connected());
    this.#socket.on('lost', () => this.#setState('errored'));
    this.#socket.on('message', (message) => {
      if (this.#early) this.#early.push(message);
      else this.#receive(message);
    });
    this.#socket.on('ended', (end) => {
      this.#entering?.reject(joinError(end));
      const reason = end.cause === 'left' ? end.reason : leftReasonOf(end.code);
      this.#end(reason ?? StageLeftReason.UNKNOWN);
    });
    this.#subscriptions.on('failed', (error) => this.emit('failed', error));
    this.#subscriptions.on('stream', (stream, peer) => {
      guarded(() => (stream.kind === 'audio' ? this.emit('audio', stream, peer) : this.emit('video', stream, peer)));
    });
  }

  /** For the first time, or again: what was said while the connection was broken is lost. */
  #connected(): void {
    this.#socket.send({ type: 'CLIENT_INFO', payload: { sdkVersion: `proscenium-participant ${version}` } });
    this.#setState('connected');
    if (this.#entering) {
      this.#entering.resolve();
      this.#entering = undefined;
      return;
    }
    this.#tellMuteState();
    this.#subscriptions.reachedAgain();
    this.#publication?.hurry();
  }

  #receive(message: ServerMessage): void {
    if (this.#state === 'disconnected') return;
    switch (message.type) {
      case 'STAGE_STATE':
        this.#apply(message.participants);
        break;
      case 'SUBSCRIBER_OFFER':
        this.#subscriptions.take(message);
        break;
      case 'SUBSCRIBE_ERROR':
        this.emit('failed', subscribeError(message.participantId, message.errorCode));
        break;
      case 'PUBLISH_ERROR':
        this.#publication?.cut(message.errorCode);
        break;
    }
  }

  #apply(participants: readonly ParticipantState[]): void {
    const next = indexState(participants);
    const changes = compareStates(this.#stage, next).filter(({ id }) => id !== this.id);
    this.#stage = next;
    this.#publication?.observe(next.get(this.id)?.publishId);
    const gone = new Map<string, RemotePeer>();
    for (const state of participants) if (state.id !== this.id) this.#peer(state.id).update(state);
    for (const [id, peer] of this.#peers) {
      if (next.has(id)) continue;
      peer.isPublishing = false;
      this.#peers.delete(id);
      this.#subscriptions.remove(peer);
      gone.set(id, peer);
    }
    for (const peer of this.#peers.values()) if (!peer.isPublishing) this.#subscriptions.release(peer);
    for (const change of changes) {
      guarded(() => this.#tell(change, this.#peers.get(change.id) ?? gone.get(change.id)));
    }
    if (this.#state !== 'disconnected') this.#subscriptions.update();
  }

  #tell(change: StageChange, peer: RemotePeer | undefined): void {
    if (!peer || this.#state === 'disconnected') return; // a listener left
    if (change.change === 'muted') {
      this.emit('muteChanged', peer, change.kind);
      return;
    }
    const event = EVENT_OF[change.change];
    guarded(() => this.emit(event, peer));
    const asks = change.change === 'joined' || change.change === 'published' || change.change === 'metadata';
    if (asks) this.#ask(peer);
  }

  #ask(peer: RemotePeer): void {
    this.#subscriptions.setWish(peer, this.#subscribe(peer));
  }

  #peer(id: string): RemotePeer {
    const known = this.#peers.get(id);
    if (known) return known;
    const peer = new RemotePeer(id);
    this.#peers.set(id, peer);
    return peer;
  }

  #tellMuteState(): void {
    if (this.#publication) this.#socket.send({ type: 'MUTE', payload: this.#publication.muteState });
  }

  #setState(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#log.info(`connection ${state}`);
    this.emit('stateChanged', state);
  }

  /** Takes everything down, then tells why. */
  #end(reason: StageLeftReason): void {
    if (this.#state === 'disconnected') return;
    this.#forgetSignal();
    this.#publication?.stop();
    this.#subscriptions.close();
    this.#socket.leave();
    for (const peer of this.#peers.values())
      Object.assign(peer, { isPublishing: false, audio: undefined, video: undefined });
    this.#setState('disconnected');
    this.#entering?.reject(new StageError(StageErrorCode.CANCELED, StageErrorCategory.JOIN_ERROR));
    this.emit('left', reason);
  }
}

function joinError(end: Exclude<ConnectionEnd, { cause: 'lost' }>): StageError {
  const code = end.cause === 'refused' ? end.code : StageErrorCode.FAILED;
  return new StageError(code, StageErrorCategory.JOIN_ERROR, end.cause === 'refused' ? end.detail : end.reason);
}

function publishError(code: StageErrorCode): StageError {
  return new StageError(code, StageErrorCategory.PUBLISH_ERROR);
}

function subscribeError(participantId: string, eventErrorCode: string): StageError {
  const code = codeOfEventError(eventErrorCode);
  return new StageError(code, StageErrorCategory.SUBSCRIBE_ERROR, `${eventErrorCode} (${participantId})`);
}

/** Whoever comes back may find out that it was thrown out meanwhile. */
function leftReasonOf(code: StageErrorCode): StageLeftReason | undefined {
  if (code === StageErrorCode.STAGE_DELETED) return StageLeftReason.STAGE_DELETED;
  if (code === StageErrorCode.PARTICIPANT_DISCONNECTED) return StageLeftReason.PARTICIPANT_DISCONNECTED;
  return undefined;
}

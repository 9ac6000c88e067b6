import type { Clock } from '../clock.ts';
import type { ConnectionEnd } from '../connection/connection-end.ts';
import type { CurrentToken } from '../connection/current-token.ts';
import { EventsSocket, type SocketCarrier } from '../connection/events-socket.ts';
import type { ServerMessage } from '../connection/messages.ts';
import { watchPage } from '../connection/page-events.ts';
import type { ParticipantToken, StageParticipantCapability } from '../connection/participant-token.ts';
import { PeerConnections } from '../connection/peer-connections.ts';
import { FrameTransforms } from '../in-band/frame-transforms.ts';
import type { Logger } from '../logging.ts';
import { Publisher } from '../publish/publisher.ts';
import { Subscriber } from '../subscribe/subscriber.ts';
import { __version } from '../version.ts';
import { type AskedStrategy, DEFAULT_CHOICES } from './asked-strategy.ts';
import { type ParticipantChange, Participants } from './participants.ts';
import { StageError, StageErrorCategory, StageErrorCode } from './stage-error.ts';
import { StageConnectionState, type StageEventMap, StageParticipantPublishState } from './stage-events.ts';
import { StageLeftReason } from './stage-left-reason.ts';
import type { LocalStageParticipant, StageParticipant } from './stage-participant.ts';
import { sameMetadata } from './stage-state.ts';
import { SubscribeType } from './stage-strategy.ts';
import { ToldParticipants } from './told-participants.ts';

export interface StageConnectionParts {
  readonly token: CurrentToken;
  /** Of the real-time connection over which it is joined; undefined: it has a socket of its own. */
  readonly carrier: SocketCarrier | undefined;
  readonly local: LocalStageParticipant;
  readonly strategy: AskedStrategy;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of the script that reads and writes messages in videos; undefined: the client's own. */
  readonly inBandWorkerUrl: string | URL | undefined;
  readonly emit: <Name extends keyof StageEventMap>(event: Name, ...args: StageEventMap[Name]) => void;
  /** Nothing is left of it but to tell why. */
  readonly onEnded: () => void;
}

type Capabilities = ReadonlySet<StageParticipantCapability>;

const { PUBLISHED, NOT_PUBLISHED } = StageParticipantPublishState;

/** One stay in a stage, from `join()` until whatever ends it: joins signalling, publishing and subscribing together. */
export class StageConnection {
  /** Settled when the server has let the participant in, or has not. */
  readonly joined: Promise<void>;
  readonly #parts: StageConnectionParts;
  readonly #socket: EventsSocket;
  readonly #peerConnections = new PeerConnections();
  readonly #frames: FrameTransforms;
  readonly #publisher: Publisher;
  readonly #subscriber: Subscriber;
  readonly #participants: Participants;
  readonly #told = new ToldParticipants();
  readonly #stopWatchingPage: () => void;
  readonly #settleJoin: { resolve: () => void; reject: (error: StageError) => void };
  #state: StageConnectionState = StageConnectionState.DISCONNECTED;
  #hasJoined = false;
  #ending = false;

  constructor(parts: StageConnectionParts) {
    const { token, carrier, local, clock, log, inBandWorkerUrl } = parts;
    this.#parts = parts;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.joined = promise;
    this.#settleJoin = { resolve, reject };
    // Who does not wait for join() learns of its failure by the error event.
    promise.catch(() => undefined);
    this.#participants = new Participants(local);
    this.#socket = new EventsSocket({ token, carrier, clock, log });
    const peerConnections = this.#peerConnections;
    const frames = new FrameTransforms({ clock, log, workerUrl: inBandWorkerUrl });
    this.#frames = frames;
    this.#publisher = new Publisher({ token, clock, log, peerConnections, frames });
    this.#subscriber = new Subscriber({
      token,
      clock,
      peerConnections,
      frames,
      log,
      reached: () => this.#socket.connected,
      send: (message) => this.#socket.send(message),
    });
    this.#listen();
    this.#stopWatchingPage = watchPage({
      online: () => this.#networkChanged(),
      awake: () => this.#awake(),
      unload: () => this.leave(),
    });
  }

  connect(): void {
    this.#socket.connect();
  }

  leave(): void {
    if (this.#ending) return;
    this.#parts.log.info('leaving');
    this.#end(StageConnectionState.DISCONNECTED, { reason: StageLeftReason.USER_INITIATED });
  }

  /**
   * Has another token take the place of the present one: here at once, but for what the server has to allow. Resolves when it
   * has; a server that does not puts the participant out.
   */
  exchangeToken(next: ParticipantToken): Promise<void> {
    const { token, local } = this.#parts;
    const before = local.capabilities;
    const confirmed = token.replace(next);
    local.describeBy(next);
    this.#offerToken();
    if (this.#hasJoined) this.#applyCapabilities(before, next.capabilities);
    return confirmed;
  }

  /** Asks the strategy everything again, and applies it. */
  refreshStrategy(): void {
    if (!this.#hasJoined || this.#ending) return;
    this.#askToPublish();
    for (const participant of this.#participants.remotes) this.#askToSubscribe(participant);
    if (!this.#ending) this.#subscriber.refresh();
  }

  #listen(): void {
    const { local } = this.#parts;
    const emit = this.#emit;
    this.#socket.on('connecting', () => this.#setState(StageConnectionState.CONNECTING));
    this.#socket.on('connected', () => this.#connected());
    this.#socket.on('lost', () => this.#lost());
    this.#socket.on('message', (message) => this.#receive(message));
    this.#socket.on('ended', (end) => this.#socketEnded(end));

    this.#publisher.on('stateChanged', (state) => {
      local.isPublishing = state === PUBLISHED;
      this.#subscriber.setPublishing(local.isPublishing);
      emit('stageParticipantPublishStateChanged', local, state);
    });
    this.#publisher.on('muteStateChanged', () => this.#updateLocalStreams());
    this.#publisher.on('streamsAdded', (streams) => emit('stageParticipantStreamsAdded', local, streams));
    this.#publisher.on('streamsRemoved', (streams) => emit('stageParticipantStreamsRemoved', local, streams));
    this.#publisher.on('streamMuteChanged', (stream) => emit('stageStreamMuteChanged', local, stream));
    this.#publisher.on('silent', () => this.#socket.hurry());
    this.#publisher.on('error', (error) => this.#tellError(error));

    this.#subscriber.on('stateChanged', (...args) => emit('stageParticipantSubscribeStateChanged', ...args));
    this.#subscriber.on('streamsAdded', (...args) => emit('stageParticipantStreamsAdded', ...args));
    this.#subscriber.on('streamsRemoved', (...args) => emit('stageParticipantStreamsRemoved', ...args));
    this.#subscriber.on('layersChanged', (participant, ...changed) => {
      emit('stageStreamLayersChanged', participant, ...changed);
      if (this.#ending) return; // a listener left
      this.#askForLayer(participant);
      this.#subscriber.update();
    });
    this.#subscriber.on('layerSelected', (...args) => emit('stageStreamLayerSelected', ...args));
    this.#subscriber.on('adaptionChanged', (...args) => emit('stageStreamAdaptionChanged', ...args));
    this.#subscriber.on('messageReceived', (participant, { uuid, payload }) =>
      emit('stageStreamSeiMessageReceived', participant, { uuid, payload: payload.buffer }),
    );
    this.#subscriber.on('silent', () => this.#socket.hurry());
    this.#subscriber.on('error', (error) => this.#tellError(error));
  }

  readonly #emit: StageConnectionParts['emit'] = (event, ...args) => {
    if (event === 'error') this.#parts.log.error(String(args[0]));
    this.#parts.emit(event, ...args);
  };

  /** Of what the stage does not end by. A listener that has left meanwhile wants to know of it no more. */
  #tellError(error: StageError): void {
    if (!this.#ending) this.#emit('error', error);
  }

  #setState(state: StageConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#parts.log.info(`connection ${state}`);
    this.#emit('stageConnectionStateChanged', state);
  }

  #connected(): void {
    const again = this.#hasJoined;
    this.#hasJoined = true;
    this.#socket.send({ type: 'CLIENT_INFO', payload: { sdkVersion: __version } });
    this.#offerToken();
    this.#settleJoin.resolve();
    this.#setState(StageConnectionState.CONNECTED);
    if (this.#ending) return; // a listener left
    if (again) this.#tellEverythingAgain();
    else this.#askToPublish();
  }

  /** Tells the server of a token that it has not confirmed. */
  #offerToken(): void {
    const { exchange } = this.#parts.token;
    if (!exchange || !this.#socket.connected) return;
    const { exchangeId, token } = exchange;
    this.#socket.send({ type: 'TOKEN_EXCHANGE', payload: { exchangeId, token: token.text } });
  }

  #tokenTaken(exchangeId: number): void {
    const { token, local } = this.#parts;
    const before = token.confirmed;
    token.confirm(exchangeId);
    if (!sameMetadata(before, token.confirmed)) this.#emit('stageParticipantMetadataChanged', local);
  }

  #applyCapabilities(before: Capabilities, now: Capabilities): void {
    const gained = (capability: StageParticipantCapability) => now.has(capability) && !before.has(capability);
    if (!now.has('publish')) this.#publisher.setWish(undefined);
    if (gained('publish')) this.#askToPublish();
    if (this.#ending) return; // a listener left
    const { remotes } = this.#participants;
    if (!now.has('subscribe')) {
      for (const { id } of remotes) this.#subscriber.setWish(id, SubscribeType.NONE, DEFAULT_CHOICES);
      this.#subscriber.update();
    }
    if (gained('subscribe')) {
      for (const participant of remotes) this.#askToSubscribe(participant);
      if (!this.#ending) this.#subscriber.refresh();
    }
  }

  /** What was said while the connection was broken is lost. */
  #tellEverythingAgain(): void {
    if (this.#publisher.state !== NOT_PUBLISHED) this.#tellMuteState();
    this.#subscriber.reachedAgain();
    this.#hurry();
  }

  #lost(): void {
    // Before the first answer it is still being joined.
    if (this.#hasJoined) this.#setState(StageConnectionState.ERRORED);
  }

  #networkChanged(): void {
    this.#awake();
    this.#publisher.restartIce();
    this.#subscriber.restartIce();
  }

  #awake(): void {
    this.#socket.hurry();
    this.#hurry();
  }

  #hurry(): void {
    this.#publisher.hurry();
    this.#subscriber.hurry();
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case 'STAGE_STATE':
        this.#tellChanges(this.#participants.apply(message.participants));
        this.#publisher.observe(this.#participants.localPublishId);
        break;
      case 'ICE_SERVERS':
        this.#peerConnections.setIceServers(message.iceServers);
        break;
      case 'SUBSCRIBER_OFFER':
        this.#subscriber.offer(message);
        break;
      case 'PUBLISH_ERROR':
        this.#publisher.cut(message.errorCode);
        break;
      case 'SUBSCRIBE_ERROR':
        this.#subscriber.refused(message.participantId, message.errorCode);
        break;
      case 'LAYERS':
        this.#subscriber.setLayers(message);
        break;
      case 'PUBLISH_LAYERS':
        this.#publisher.setLayers(message.publishId, message.layers);
        break;
      case 'AUDIO_LEVELS':
        this.#emit(
          'stageAudioLevelsChanged',
          message.levels.flatMap(({ participantId, levelDbov }) => {
            const participant = this.#participants.find(participantId);
            return participant ? [{ participant, levelDbov }] : [];
          }),
        );
        break;
      case 'ACTIVE_SPEAKER':
        this.#emit(
          'stageActiveSpeakerChanged',
          message.participantId === undefined ? undefined : this.#participants.find(message.participantId),
        );
        break;
      case 'TOKEN_EXCHANGED':
        this.#tokenTaken(message.exchangeId);
        break;
      case 'PONG':
        break;
    }
  }

  #tellChanges(changes: readonly ParticipantChange[]): void {
    for (const { change, participant } of changes) {
      if (change === 'joined') this.#subscriber.add(participant);
      if (change === 'left') this.#subscriber.remove(participant.id);
    }
    this.#subscriber.releaseUnpublished();
    for (const change of changes) {
      if (this.#ending) return; // a listener left
      this.#tellChange(change);
    }
    for (const { change, participant } of changes) {
      const comes = change === 'joined' || change === 'published';
      if (comes && !participant.isLocal) this.#askToSubscribe(participant);
    }
    if (!this.#ending) this.#subscriber.update();
  }

  #tellChange(change: ParticipantChange): void {
    const { participant } = change;
    if (participant.isLocal) return; // known here first
    this.#told.note(change);
    switch (change.change) {
      case 'joined':
        this.#emit('stageParticipantJoined', participant);
        break;
      case 'left':
        this.#emit('stageParticipantLeft', participant);
        break;
      case 'metadata':
        this.#emit('stageParticipantMetadataChanged', participant);
        break;
      case 'published':
        this.#emit('stageParticipantPublishStateChanged', participant, PUBLISHED);
        break;
      case 'unpublished':
        this.#emit('stageParticipantPublishStateChanged', participant, NOT_PUBLISHED);
        break;
      case 'muted': {
        const stream = this.#subscriber.streamOf(participant.id, change.kind);
        if (stream) this.#emit('stageStreamMuteChanged', participant, stream);
      }
    }
  }

  #askToPublish(): void {
    const wish = this.#parts.strategy.streamsToPublish(this.#parts.local);
    if (!this.#ending) this.#publisher.setWish(wish);
  }

  #askToSubscribe(participant: StageParticipant): void {
    if (this.#ending) return; // a listener left
    const { strategy } = this.#parts;
    const wish = strategy.subscribeType(participant);
    const choices = wish === SubscribeType.NONE ? DEFAULT_CHOICES : strategy.subscribeChoices(participant);
    this.#subscriber.setWish(participant.id, wish, choices);
    this.#askForLayer(participant);
  }

  #askForLayer(participant: StageParticipant): void {
    const stream = this.#subscriber.streamOf(participant.id, 'video');
    if (!stream || stream.getLayers().length === 0) return;
    this.#subscriber.preferLayer(participant.id, this.#parts.strategy.preferredLayer(participant, stream));
  }

  #updateLocalStreams(): void {
    const { audio, video } = this.#publisher.streams;
    Object.assign(this.#parts.local, this.#publisher.muteState, { audioStream: audio, videoStream: video });
    // Who publishes nothing more has nothing to tell: others would hear that it was unmuted before they hear that.
    if (audio || video) this.#tellMuteState();
  }

  #tellMuteState(): void {
    this.#socket.send({ type: 'MUTE', payload: this.#publisher.muteState });
  }

  #socketEnded(end: Exclude<ConnectionEnd, { cause: 'lost' }>): void {
    const reason = end.cause === 'left' ? end.reason : this.#hasJoined ? this.#leftReasonOf(end.code) : undefined;
    if (reason) {
      this.#end(StageConnectionState.DISCONNECTED, { reason });
    } else if (end.cause === 'refused') {
      const error = new StageError(end.code, StageErrorCategory.JOIN_ERROR, end.detail);
      this.#end(StageConnectionState.ERRORED, { error });
    }
  }

  /** Takes everything down, telling what thereby ends, then why. */
  #end(state: StageConnectionState, { reason, error }: { reason?: StageLeftReason; error?: StageError }): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#stopWatchingPage();
    this.#publisher.setWish(undefined);
    this.#subscriber.close();
    this.#frames.close();
    this.#socket.leave();
    this.#participants.apply([]);
    for (const change of this.#told.departures) this.#tellChange(change);
    this.#parts.onEnded();
    const canceled = error ?? new StageError(StageErrorCode.CANCELED, StageErrorCategory.JOIN_ERROR);
    this.#settleJoin.reject(canceled);
    this.#settleToken(reason, canceled);
    this.#setState(state);
    if (reason || this.#hasJoined) this.#emit('stageLeft', reason ?? StageLeftReason.UNKNOWN);
    if (error) this.#emit('error', error);
  }

  #settleToken(reason: StageLeftReason | undefined, canceled: StageError): void {
    const { token, local } = this.#parts;
    if (reason !== StageLeftReason.FAILED_EXCHANGE) {
      token.keep(canceled);
      return;
    }
    const detail = 'the server does not take it in the place of the one before';
    token.refuse(new StageError(StageErrorCode.TOKEN_NOT_ALLOWED, StageErrorCategory.JOIN_ERROR, detail));
    local.describeBy(token.present);
  }

  /** Whoever comes back may find out that it was thrown out meanwhile, or that its new token is no good. */
  #leftReasonOf(code: StageErrorCode): StageLeftReason | undefined {
    switch (code) {
      case StageErrorCode.STAGE_DELETED:
        return StageLeftReason.STAGE_DELETED;
      case StageErrorCode.PARTICIPANT_DISCONNECTED:
        return StageLeftReason.PARTICIPANT_DISCONNECTED;
      case StageErrorCode.TOKEN_MALFORMED:
      case StageErrorCode.TOKEN_EXPIRED:
        return this.#parts.token.exchange && StageLeftReason.FAILED_EXCHANGE;
      default:
        return undefined;
    }
  }
}

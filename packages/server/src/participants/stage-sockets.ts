import { closeForLeft, closeForRefusal, type SocketClose, StageErrorCode } from '../signalling/close-codes.ts';
import type { EventsSocket } from '../signalling/events-socket.ts';
import type { ClientMessage } from '../signalling/messages.ts';
import { clientAttribute } from './client-data.ts';
import type { LiveParticipant } from './live-participant.ts';
import type { LiveStageOptions } from './live-stage.ts';
import type { StageAudio } from './stage-audio.ts';
import type { StageContext } from './stage-context.ts';
import { StageExchanging } from './stage-exchanging.ts';
import type { StagePublishing } from './stage-publishing.ts';
import type { StageState } from './stage-state.ts';
import type { StageSubscribing } from './stage-subscribing.ts';

/** What clients are served by. */
export interface StageSocketsParts {
  readonly publishing: StagePublishing;
  readonly subscribing: StageSubscribing;
  readonly audio: StageAudio;
  readonly state: StageState;
}

/** Each is written down: a client that names another one again and again fills no disk. */
const MAXIMUM_SDK_VERSION_CHANGES = 10;

/** By what clients talk to their stage: one events socket for each participant, until it is lost for too long. */
export class StageSockets {
  readonly #stage: StageContext;
  readonly #options: Pick<LiveStageOptions, 'clock' | 'reconnectGraceMs' | 'turn'>;
  readonly #parts: StageSocketsParts;
  readonly #exchanging: StageExchanging;

  constructor(
    stage: StageContext,
    options: Pick<LiveStageOptions, 'clock' | 'reconnectGraceMs' | 'turn' | 'exchange'>,
    parts: StageSocketsParts,
  ) {
    this.#stage = stage;
    this.#options = options;
    this.#parts = parts;
    this.#exchanging = new StageExchanging(stage, options, {
      ...parts,
      hear: (participant, socket, message) => this.#hear(participant, socket, message),
    });
  }

  /** Makes this socket the participant's one, and tells its client all that there is. */
  attach(participant: LiveParticipant, socket: EventsSocket): void {
    const { publishing, subscribing, audio, state } = this.#parts;
    const { previous, evicted } = participant.attachSocket(socket);
    if (evicted) subscribing.drop(participant);
    previous?.close(evicted ? closeForLeft('token-reused') : closeForRefusal(StageErrorCode.TIMEOUT));
    socket.on('message', (message) => this.#hear(participant, socket, message));
    socket.once('closed', (said) => this.#closed(participant, socket, said));
    // First, so that it is there for what a client begins with.
    this.#options.turn?.accompany(participant.id, socket);
    socket.sendState(state.message);
    audio.greet(socket);
    participant.subscriber?.resend();
    publishing.tellLayers(participant);
    socket.open();
  }

  #closed(participant: LiveParticipant, socket: EventsSocket, said: SocketClose | undefined): void {
    if (participant.socket !== socket) return;
    participant.socket = undefined;
    if (participant.left) return;
    this.#stage.logger.info({ participantId: participant.id, reason: said?.reason }, 'events socket lost');
    participant.graceAlarm = this.#options.clock.setAlarm(this.#options.reconnectGraceMs, () => {
      participant.graceAlarm = undefined;
      this.#parts.subscribing.drop(participant);
      this.#stage.leaveIfIdle(participant, 'unknown');
    });
  }

  #hear(participant: LiveParticipant, socket: EventsSocket, message: ClientMessage): void {
    if (participant.socket !== socket || this.#exchanging.keepsWaiting(participant, socket, message)) return;
    this.#receive(participant, socket, message);
  }

  #receive(participant: LiveParticipant, socket: EventsSocket, message: ClientMessage): void {
    const { publishing, subscribing } = this.#parts;
    switch (message.type) {
      case 'LEAVE':
        this.#stage.leave(participant, 'user-initiated');
        break;
      case 'CLIENT_INFO':
        this.#setSdkVersion(participant, clientAttribute(message.payload.sdkVersion));
        break;
      case 'MUTE':
        publishing.setMuted(participant, message.payload);
        break;
      case 'SUBSCRIBE':
        subscribing.setWish(participant, message.payload);
        break;
      case 'SUBSCRIBER_ANSWER':
        subscribing.takeAnswer(participant, message.payload);
        break;
      case 'PLAYBACK_REPORT':
        participant.playback.report(message.payload);
        break;
      case 'RESTART_ICE':
        participant.subscriber?.restartIce(message.payload.transportId);
        break;
      case 'TOKEN_EXCHANGE':
        this.#exchanging.exchange(participant, socket, message.payload);
        break;
      case 'PING':
        break; // the socket answers it
    }
  }

  #setSdkVersion(participant: LiveParticipant, sdkVersion: string): void {
    if (participant.record.sdkVersion === sdkVersion) return;
    if (participant.sdkVersionChanges >= MAXIMUM_SDK_VERSION_CHANGES) return;
    participant.sdkVersionChanges += 1;
    participant.record = { ...participant.record, sdkVersion };
    this.#stage.journal.record({ record: participant.record });
  }
}

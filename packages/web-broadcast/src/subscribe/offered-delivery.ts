import type { ClientMessage, ParticipantWish, SubscriberOffer } from '../connection/messages.ts';
import { Retrier } from '../connection/retrier.ts';
import { decodableCodecs } from '../connection/stage-codecs.ts';
import { Emitter } from '../emitter.ts';
import type { Logger } from '../logging.ts';
import { StageError, StageErrorCategory, StageErrorCode } from '../stage/stage-error.ts';
import type { Delivery, DeliveryEvents, DeliveryState, ReceivedTrack } from './delivery.ts';
import { SubscriberConnection, type SubscriberConnectionParts } from './subscriber-connection.ts';

export interface OfferedDeliveryParts extends SubscriberConnectionParts {
  readonly log: Logger;
  /** To the server; lost while it is not reached. */
  readonly send: (message: ClientMessage) => void;
}

/** One connection for everything: the server is told what is wished, and offers it. */
export class OfferedDelivery extends Emitter<DeliveryEvents> implements Delivery {
  readonly #parts: OfferedDeliveryParts;
  readonly #retrier: Retrier;
  #connection: SubscriberConnection | undefined;
  /** The transport that was closed here: what is still offered on it is late. */
  #closedTransportId: string | undefined;
  #wishes: readonly ParticipantWish[] = [];
  /** The wish as the server knows it. */
  #told = '[]';
  /** The connection failed: the server is to make another one. */
  #renew = false;
  #gaveUp = false;
  /** A connection has stood since something was first wished. */
  #stood = false;

  constructor(parts: OfferedDeliveryParts) {
    super();
    this.#parts = parts;
    this.#retrier = new Retrier(parts.clock, {});
  }

  tracksOf(participantId: string): readonly ReceivedTrack[] {
    return (this.#connection?.tracks ?? []).filter((track) => track.participantId === participantId);
  }

  stateOf(): DeliveryState {
    if (this.#gaveUp || this.#retrier.waiting) return 'errored';
    return this.#connection?.connected ? 'connected' : 'attempting';
  }

  /** Tells the server what is wished, unless it knows. */
  tell(wishes: readonly ParticipantWish[]): void {
    this.#wishes = wishes;
    this.#tell();
  }

  /** What the server was told counts no more: it is told again with the next `tell`. */
  forget(): void {
    this.#told = '';
  }

  /** The same, and the server makes another connection, unless there is one. */
  forgetConnection(): void {
    this.forget();
    this.#renew = this.#connection === undefined;
  }

  /** The server makes another connection in the place of the present one, with the next `tell`. */
  renew(): void {
    if (!this.#connection) return;
    this.forget();
    this.#renew = true;
  }

  /** Tries again what was given up, with the next `tell`. */
  retry(): void {
    if (this.#gaveUp) this.forget();
  }

  /** The server knows the wish, as far as it is reached, and has not offered yet. */
  get awaitsOffer(): boolean {
    return this.#connection === undefined && !this.#gaveUp && !this.#retrier.waiting;
  }

  /** The server has not offered for too long: to be tried again as after a connection that failed. */
  offerMissed(): void {
    this.#failed('no offer', StageErrorCode.TIMEOUT);
  }

  take(offer: SubscriberOffer): void {
    const { transportId } = offer;
    if (transportId === this.#closedTransportId) return;
    if (this.#connection?.transportId !== transportId) this.#connect(transportId);
    this.#connection?.take(offer);
  }

  hurry(): void {
    this.#retrier.hurry();
  }

  restartIce(): void {
    const transportId = this.#connection?.transportId;
    if (transportId !== undefined) this.#parts.send({ type: 'RESTART_ICE', payload: { transportId } });
  }

  close(): void {
    this.#dropConnection();
    this.#retrier.reset();
  }

  #tell(): void {
    const wish = JSON.stringify(this.#wishes);
    if (wish === this.#told || this.#retrier.waiting) return;
    this.#told = wish;
    this.#gaveUp = false;
    // The server ends the connection of those who wish nothing, and makes a new one for the next wish.
    if (this.#renew || this.#wishes.length === 0) {
      this.#dropConnection();
      this.#send([]);
    }
    this.#renew = false;
    if (this.#wishes.length > 0) {
      this.#send(this.#wishes);
    } else {
      this.#retrier.reset();
      this.#stood = false;
    }
  }

  #send(participants: readonly ParticipantWish[]): void {
    this.#parts.send({ type: 'SUBSCRIBE', payload: { codecs: decodableCodecs(), participants } });
  }

  #connect(transportId: string): void {
    this.#dropConnection();
    // Whatever was to be asked for is here.
    this.#retrier.cancel();
    this.#renew = false;
    this.#gaveUp = false;
    const connection = new SubscriberConnection(transportId, this.#parts);
    connection.on('answered', ({ offerId }, sdp) => {
      this.#parts.send({ type: 'SUBSCRIBER_ANSWER', payload: { transportId, offerId, sdp } });
      this.emit('changed');
    });
    connection.on('connected', () => {
      this.#stood = true;
      this.#retrier.succeeded();
      this.emit('changed');
    });
    connection.on('played', (payload) => this.#parts.send({ type: 'PLAYBACK_REPORT', payload }));
    connection.on('silent', () => {
      this.emit('silent');
      this.restartIce();
    });
    connection.on('failed', (detail, code) => this.#failed(detail, code));
    this.#connection = connection;
  }

  #failed(detail: string, code: StageErrorCode): void {
    this.#parts.log.warn('subscribing failed', { detail });
    this.#dropConnection();
    this.#renew = true;
    const again = this.#retrier.retry(() => {
      this.forget();
      this.#tell();
      this.emit('changed');
    });
    this.#gaveUp = !again;
    this.emit('changed');
    if (again) return;
    this.#retrier.reset();
    const told = this.#stood ? StageErrorCode.FAILED : code;
    this.emit('failed', new StageError(told, StageErrorCategory.SUBSCRIBE_ERROR, detail));
  }

  #dropConnection(): void {
    if (!this.#connection) return;
    this.#closedTransportId = this.#connection.transportId;
    this.#connection.close();
    this.#connection = undefined;
  }
}

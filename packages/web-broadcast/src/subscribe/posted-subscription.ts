import type { MediaKind } from '../connection/messages.ts';
import { PostedConnection, type PostedConnectionParts } from '../connection/posted-connection.ts';
import { Retrier } from '../connection/retrier.ts';
import type { WhipRefusal } from '../connection/whip-resource.ts';
import { Emitter } from '../emitter.ts';
import type { FrameTransforms } from '../in-band/frame-transforms.ts';
import type { Logger } from '../logging.ts';
import { StageError, StageErrorCategory, StageErrorCode } from '../stage/stage-error.ts';
import type { DeliveryEvents, DeliveryState, ReceivedTrack } from './delivery.ts';

export interface PostedSubscriptionParts extends PostedConnectionParts {
  readonly log: Logger;
  readonly frames: FrameTransforms;
}

interface Carrier {
  readonly kinds: readonly MediaKind[];
  readonly connection: PostedConnection;
  answered: boolean;
  connected: boolean;
  cancelEnd: () => void;
}

/** When a publish ends its connections do, and the stage's state tells that it was no failure: a moment later, maybe. */
const PUBLISH_END_MS = 500;

/**
 * What is received of one publisher by posted offers: one connection, and another one for a kind that is wished later, so
 * that what comes already goes on.
 */
export class PostedSubscription extends Emitter<DeliveryEvents> {
  readonly #parts: PostedSubscriptionParts;
  readonly #participantId: string;
  readonly #retrier: Retrier;
  #kinds: readonly MediaKind[] = [];
  #carriers: readonly Carrier[] = [];
  #gaveUp = false;
  #stood = false;

  constructor(participantId: string, parts: PostedSubscriptionParts) {
    super();
    this.#participantId = participantId;
    this.#parts = parts;
    this.#retrier = new Retrier(parts.clock, {});
  }

  get tracks(): readonly ReceivedTrack[] {
    return this.#carriers.filter(({ answered }) => answered).flatMap(({ connection }) => this.#tracksOf(connection));
  }

  get state(): DeliveryState {
    if (this.#gaveUp || this.#retrier.waiting) return 'errored';
    return this.#carriers.some(({ connected }) => connected) ? 'connected' : 'attempting';
  }

  /** Whether the server has answered that it does not send this kind here. */
  lacks(kind: MediaKind): boolean {
    const carrier = this.#carriers.find(({ answered, kinds }) => answered && kinds.includes(kind));
    return carrier !== undefined && !this.#tracksOf(carrier.connection).some((track) => track.kind === kind);
  }

  /** Receives these kinds. A connection goes on as long as one of its kinds is wished. */
  want(kinds: readonly MediaKind[]): void {
    this.#kinds = kinds;
    for (const carrier of this.#carriers) {
      if (!carrier.kinds.some((kind) => kinds.includes(kind))) this.#drop(carrier);
    }
    if (!this.#gaveUp && !this.#retrier.waiting) this.#connect();
  }

  /** Tries again what was given up. */
  retry(): void {
    if (!this.#gaveUp) return;
    this.#gaveUp = false;
    this.#connect();
  }

  hurry(): void {
    this.#retrier.hurry();
  }

  restartIce(): void {
    for (const { connection } of this.#carriers) void connection.restartIce();
  }

  close(): void {
    this.#retrier.reset();
    for (const carrier of this.#carriers) this.#drop(carrier);
  }

  #connect(): void {
    const missing = this.#kinds.filter((kind) => !this.#carriers.some(({ kinds }) => kinds.includes(kind)));
    if (missing.length === 0) return;
    const { whipUrl } = this.#parts.token.present;
    const url = `${whipUrl}/subscribe/${encodeURIComponent(this.#participantId)}`;
    const connection = new PostedConnection(this.#parts, url);
    const carrier: Carrier = { kinds: missing, connection, answered: false, connected: false, cancelEnd: () => {} };
    for (const kind of missing) {
      const { receiver } = connection.peerConnection.addTransceiver(kind, { direction: 'recvonly' });
      this.#parts.frames.prepare(receiver);
    }
    connection.on('answered', () => {
      carrier.answered = true;
      this.emit('changed');
    });
    connection.on('connected', () => {
      carrier.connected = true;
      this.#stood = true;
      this.#retrier.succeeded();
      this.emit('changed');
    });
    connection.on('silent', () => this.emit('silent'));
    connection.on('failed', (refusal) => {
      if (!carrier.connected) this.#failed(carrier, refusal);
      else carrier.cancelEnd = this.#parts.clock.after(PUBLISH_END_MS, () => this.#failed(carrier, refusal));
    });
    this.#carriers = [...this.#carriers, carrier];
    // Browsers mix stereo down unless they have said that they want it.
    void connection.start({ local: 'stereo=1' });
  }

  #failed(carrier: Carrier, { message, code, temporary, status, retryAfterMs }: WhipRefusal): void {
    this.#drop(carrier);
    this.#parts.log.warn('subscribing failed', { detail: message });
    // A publisher that is not there comes back, or the stage's state is about to tell that it is gone.
    const notThere = status === 404 && code === StageErrorCode.FAILED;
    const mayWork = temporary || notThere;
    const again = mayWork && this.#retrier.retry(() => this.#tryAgain(), { atLeastMs: retryAfterMs });
    this.#gaveUp = !again;
    this.emit('changed');
    if (again) return;
    this.#retrier.reset();
    const told = this.#stood && mayWork ? StageErrorCode.FAILED : code;
    this.emit('failed', new StageError(told, StageErrorCategory.SUBSCRIBE_ERROR, message));
  }

  #tryAgain(): void {
    this.#connect();
    this.emit('changed');
  }

  #drop(carrier: Carrier): void {
    this.#carriers = this.#carriers.filter((other) => other !== carrier);
    carrier.cancelEnd();
    carrier.connection.close();
  }

  #tracksOf({ peerConnection }: PostedConnection): ReceivedTrack[] {
    return peerConnection.getTransceivers().flatMap(({ currentDirection, receiver }) => {
      if (currentDirection !== 'recvonly') return []; // the publisher does not send this kind
      return [{ participantId: this.#participantId, kind: receiver.track.kind as MediaKind, receiver }];
    });
  }
}

import type { SocketClose } from './close-codes.ts';
import { MessageLimit } from './message-limit.ts';
import { type MessageObject, ProtocolViolation } from './messages.ts';
import { Wire } from './wire.ts';

/** One stage's part of a real-time connection: as a WebSocket of its own, but that all channels have one heartbeat. */
export class Channel extends Wire {
  readonly #number: number;
  readonly #carrier: Wire;
  readonly #limit = new MessageLimit();

  constructor(number: number, carrier: Wire) {
    super();
    this.#number = number;
    this.#carrier = carrier;
  }

  get live(): boolean {
    return !this.closed && this.#carrier.live;
  }

  /** Why we closed it, or the connection. */
  override get said(): SocketClose | undefined {
    return super.said ?? this.#carrier.said;
  }

  /** What its client says. Too much, and more than can be kept until somebody listens, ends it. */
  take(message: MessageObject): void {
    try {
      this.#limit.count();
      this.receive(message);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.close({ code: 1008, reason: error.message });
    }
  }

  /** Its client has closed it, or the connection is lost. */
  end(): void {
    this.finish();
  }

  protected transmit(text: string, sent?: () => void): void {
    // One text may be for many: it is not made anew for each.
    this.#carrier.send(`{"channel":${this.#number},${text.slice(1)}`, sent);
  }

  protected transmitClose(payload: SocketClose): void {
    this.transmit(JSON.stringify({ type: 'CLOSE', payload }));
  }
}

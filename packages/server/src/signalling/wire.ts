import { EventEmitter } from 'node:events';
import type { SocketClose } from './close-codes.ts';
import { type MessageObject, ProtocolViolation } from './messages.ts';

export interface WireEvents {
  message: [message: MessageObject];
  /** Once, whatever ended it. `said`: we had closed it. */
  closed: [said: SocketClose | undefined];
}

/** What a client may say before somebody listens. */
const MAXIMUM_WAITING_MESSAGES = 64;

/** What messages of one client come and go by: a WebSocket of its own, or a channel of one that several stages share. */
export abstract class Wire extends EventEmitter<WireEvents> {
  /** What the client says is handed on; otherwise it waits. */
  #open = false;
  readonly #waiting: MessageObject[] = [];
  #said: SocketClose | undefined;
  #closed = false;

  /** False once it is closed, or its peer has missed a probe: then another may take its place. */
  abstract get live(): boolean;

  get closed(): boolean {
    return this.#closed;
  }

  /** Why we closed it, if we did. */
  get said(): SocketClose | undefined {
    return this.#said;
  }

  /** What the client has said before it was opened. */
  get unheard(): readonly MessageObject[] {
    return this.#waiting;
  }

  /** To be called once somebody listens: what the client has said so far comes now. */
  open(): void {
    this.#open = true;
    for (const message of this.#waiting.splice(0)) if (!this.#closed) this.emit('message', message);
  }

  /** @param sent called when the message is on its way, and the next one would not wait for it */
  send(text: string, sent?: () => void): void {
    if (!this.#closed) this.transmit(text, sent);
  }

  close(close: SocketClose): void {
    if (this.#closed) return;
    this.#said = close;
    this.transmitClose(close);
    // A peer that does not answer the close is not waited for: from here on it is out.
    this.finish();
  }

  protected abstract transmit(text: string, sent?: () => void): void;
  protected abstract transmitClose(close: SocketClose): void;

  /** Nothing is answered before it is opened, not even PING: the first message tells a client that it is in. */
  protected receive(message: MessageObject): void {
    if (this.#closed) return;
    if (this.#open) this.emit('message', message);
    else if (this.#waiting.push(message) > MAXIMUM_WAITING_MESSAGES) throw new ProtocolViolation('too many messages');
  }

  /** It is over. */
  protected finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.emit('closed', this.#said);
  }
}

import { EventEmitter } from 'node:events';
import type { SocketClose } from './close-codes.ts';
import { type ClientMessage, type MessageObject, ProtocolViolation, readClientMessage } from './messages.ts';
import type { Wire } from './wire.ts';

export interface EventsSocketEvents {
  message: [message: ClientMessage];
  /** Once, whatever ended it. `said`: we had closed it. */
  closed: [said: SocketClose | undefined];
}

/** What is known of the client at the other end. */
export interface SocketClient {
  /** Which client opened it; undefined: it does not tell. Two sockets of the same client are one connection. */
  readonly clientId?: string | undefined;
  /** The token of the real-time connection over which it came, by account, region and id; undefined: it came by itself. */
  readonly connectionKey?: string;
}

/** A participant's events socket, on a WebSocket of its own or on a channel: messages in and out. */
export class EventsSocket extends EventEmitter<EventsSocketEvents> {
  readonly clientId: string | undefined;
  readonly connectionKey: string | undefined;
  readonly #wire: Wire;
  /** A state is on its way; a newer one waits in `#nextState`. */
  #sendingState = false;
  #nextState: string | undefined;

  constructor(wire: Wire, { clientId, connectionKey }: SocketClient = {}) {
    super();
    this.clientId = clientId;
    this.connectionKey = connectionKey;
    this.#wire = wire;
    wire.on('message', (message) => this.#receive(message));
    wire.once('closed', (said) => this.emit('closed', said));
  }

  /** False once it is closed, or its peer has missed a probe: then another may take its place. */
  get live(): boolean {
    return this.#wire.live;
  }

  get closed(): boolean {
    return this.#wire.closed;
  }

  /** Why we closed it, if we did. */
  get said(): SocketClose | undefined {
    return this.#wire.said;
  }

  /** Whether its client wanted to leave before it was opened. */
  get leaving(): boolean {
    return this.#wire.unheard.some(({ type }) => type === 'LEAVE');
  }

  /** To be called once somebody listens: what the client has said so far comes now. */
  open(): void {
    this.#wire.open();
  }

  send(text: string): void {
    this.#wire.send(text);
  }

  /** Sends the newest state: ones that were overtaken before the client had read its last one are left out. */
  sendState(text: string): void {
    if (this.closed) return;
    if (this.#sendingState) {
      this.#nextState = text;
      return;
    }
    this.#sendingState = true;
    this.#wire.send(text, () => {
      this.#sendingState = false;
      const next = this.#nextState;
      this.#nextState = undefined;
      if (next !== undefined) this.sendState(next);
    });
  }

  close(close: SocketClose): void {
    this.#wire.close(close);
  }

  #receive(message: MessageObject): void {
    try {
      const known = readClientMessage(message);
      if (known?.type === 'PING') this.send('{"type":"PONG"}');
      else if (known) this.emit('message', known);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.close({ code: 1008, reason: error.message });
    }
  }
}

import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { closeForRefusal, type SocketClose, StageErrorCode } from './close-codes.ts';
import { type ClientMessage, ProtocolViolation, readClientMessage } from './messages.ts';

export interface EventsSocketEvents {
  message: [message: ClientMessage];
  /** Once, whatever ended it. `said`: we had closed it. */
  closed: [said: SocketClose | undefined];
}

/** A silent peer is probed this often and given up after the second probe without an answer. */
const PROBE_INTERVAL_MS = 5_000;
/** A client that sends more within one probe interval is broken or hostile. */
const MAXIMUM_MESSAGES_PER_INTERVAL = 500;
/** A client that does not read: what waits for it is full state, so nothing is lost by letting it come again. */
const MAXIMUM_BUFFERED_BYTES = 4 * 1024 * 1024;

/** What a client may say before it has joined. */
const MAXIMUM_EARLY_MESSAGES = 64;

/** A participant's events socket: messages in and out, a heartbeat, and limits. */
export class EventsSocket extends EventEmitter<EventsSocketEvents> {
  /** Which client opened it; undefined: it does not tell. Two sockets of the same client are one connection. */
  readonly clientId: string | undefined;
  readonly #socket: WebSocket;
  readonly #heartbeat: NodeJS.Timeout;
  /** Until the socket is opened. */
  #early: ClientMessage[] | undefined = [];
  #unanswered = 0;
  #messages = 0;
  /** A state is on its way; a newer one waits in `#nextState`. */
  #sendingState = false;
  #nextState: string | undefined;
  #said: SocketClose | undefined;
  #closed = false;

  constructor(socket: WebSocket, clientId?: string) {
    super();
    this.clientId = clientId;
    this.#socket = socket;
    this.#heartbeat = setInterval(() => this.#probe(), PROBE_INTERVAL_MS);
    socket.on('pong', () => {
      this.#unanswered = 0;
    });
    socket.on('message', (data, isBinary) => this.#receive(data.toString(), isBinary));
    socket.on('error', () => socket.terminate()); // too big a message, bad frames: the close event tells the rest
    socket.on('close', () => this.#finish());
  }

  /** False once it is closed, being closed, or its peer has missed a probe: then another may take its place. */
  get live(): boolean {
    return !this.#closed && this.#said === undefined && this.#unanswered < 2;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Why we closed it, if we did. */
  get said(): SocketClose | undefined {
    return this.#said;
  }

  /** To be called once somebody listens: what the client has said so far comes now. */
  open(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const message of early) this.#hand(message);
  }

  send(text: string): void {
    if (this.#closed || this.#said) return;
    if (this.#socket.bufferedAmount > MAXIMUM_BUFFERED_BYTES) this.#socket.terminate();
    else this.#socket.send(text);
  }

  /** Sends the newest state: ones that were overtaken before the client had read its last one are left out. */
  sendState(text: string): void {
    if (this.#closed || this.#said) return;
    if (this.#sendingState) {
      this.#nextState = text;
      return;
    }
    this.#sendingState = true;
    this.#socket.send(text, () => {
      this.#sendingState = false;
      const next = this.#nextState;
      this.#nextState = undefined;
      if (next !== undefined) this.sendState(next);
    });
  }

  close(close: SocketClose): void {
    if (this.#closed || this.#said) return;
    this.#said = close;
    this.#socket.close(close.code, close.reason);
    // A peer that does not answer the close is not waited for: from here on it is out.
    this.#finish();
  }

  #receive(text: string, isBinary: boolean): void {
    if (this.#closed) return;
    this.#unanswered = 0;
    this.#messages += 1;
    try {
      if (isBinary) throw new ProtocolViolation('a message is binary');
      if (this.#messages > MAXIMUM_MESSAGES_PER_INTERVAL) throw new ProtocolViolation('too many messages');
      const message = readClientMessage(text);
      if (message && this.#early) this.#keep(message, this.#early);
      else if (message) this.#hand(message);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.close({ code: 1008, reason: error.message });
    }
  }

  /** Nothing is answered before the join, not even PING: the first message tells a client that it is in. */
  #keep(message: ClientMessage, early: ClientMessage[]): void {
    if (early.push(message) > MAXIMUM_EARLY_MESSAGES) throw new ProtocolViolation('too many messages');
  }

  #hand(message: ClientMessage): void {
    if (this.#closed) return;
    if (message.type === 'PING') this.send('{"type":"PONG"}');
    else this.emit('message', message);
  }

  #probe(): void {
    this.#messages = 0;
    if (this.#unanswered >= 2) {
      this.#socket.close(4000 + StageErrorCode.TIMEOUT, closeForRefusal(StageErrorCode.TIMEOUT).reason);
      this.#finish();
      return;
    }
    this.#unanswered += 1;
    this.#socket.ping();
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#heartbeat);
    this.emit('closed', this.#said);
  }
}

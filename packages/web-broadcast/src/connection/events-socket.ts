import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import type { Logger } from '../logging.ts';
import type { CurrentToken } from './current-token.ts';
import { type FinalEnd, LastingSocket, type SocketLike } from './lasting-socket.ts';
import { type ClientMessage, readServerMessage, type ServerMessage } from './messages.ts';
import type { ParticipantToken } from './participant-token.ts';
import type { RetryOptions } from './retry-schedule.ts';

interface EventsSocketEvents {
  /** An attempt begins. */
  connecting: [];
  /** The server let the token in: it said something. */
  connected: [];
  message: [message: ServerMessage];
  /** The connection broke; the next attempt is planned. */
  lost: [];
  /** For good: nothing follows. */
  ended: [end: FinalEnd];
}

/** A real-time connection, as the events sockets on it see it. */
export interface SocketCarrier {
  /** From now on it ends the socket when it ends itself. */
  add(socket: Pick<EventsSocket, 'end'>): void;
  remove(socket: Pick<EventsSocket, 'end'>): void;
  open(token: string, clientId: string): SocketLike;
}

export interface EventsSocketParts {
  readonly token: Pick<CurrentToken, 'present'>;
  /** Undefined: each attempt opens a WebSocket of its own. */
  readonly carrier?: SocketCarrier | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly retry?: RetryOptions;
}

/** The events socket of one participant: what it says and hears, however often the connection breaks. */
export class EventsSocket extends Emitter<EventsSocketEvents> {
  readonly #socket: LastingSocket;
  readonly #carrier: SocketCarrier | undefined;
  readonly #log: Logger;

  constructor({ token, carrier, clock, log, retry = {} }: EventsSocketParts) {
    super();
    this.#carrier = carrier;
    this.#log = log;
    // Tells the server that a later socket is of the same client as the one before, which may be broken.
    const clientId = createClientId();
    const open = () => (carrier ? carrier.open(token.present.text, clientId) : openSocket(token.present, clientId));
    this.#socket = new LastingSocket({ open, clock, log, retry });
    this.#socket.on('connecting', () => this.emit('connecting'));
    this.#socket.on('message', (data) => this.#receive(data));
    this.#socket.on('lost', () => this.emit('lost'));
    this.#socket.on('ended', (end) => this.#ended(end));
  }

  /** Whether messages get through now. */
  get connected(): boolean {
    return this.#socket.connected;
  }

  connect(): void {
    this.#carrier?.add(this);
    this.#socket.connect();
  }

  /** Sends when connected; what is said meanwhile is lost. */
  send(message: ClientMessage): void {
    this.#log.debug('sent', { type: message.type });
    this.#socket.send(JSON.stringify(message));
  }

  /** Something tells that the network may have changed: tries at once, or finds out whether the connection still stands. */
  hurry(): void {
    this.#socket.hurry();
  }

  /** Says goodbye and ends, without an event. */
  leave(): void {
    this.send({ type: 'LEAVE' });
    this.close();
  }

  /** Ends without an event. */
  close(): void {
    this.#carrier?.remove(this);
    this.#socket.close();
  }

  /** What carries it has ended. */
  end(end: FinalEnd): void {
    this.#socket.close();
    this.#ended(end);
  }

  #receive(data: unknown): void {
    const message = readServerMessage(data);
    // Comes first, and does not count: it is for what begins with the connection.
    if (message?.type === 'ICE_SERVERS') {
      this.emit('message', message);
      return;
    }
    if (this.#socket.stands()) this.emit('connected');
    this.#log.debug('received', { type: message?.type ?? 'a message that is not known' });
    // A listener of `connected` may have ended it.
    if (message && this.connected) this.emit('message', message);
  }

  #ended(end: FinalEnd): void {
    this.#carrier?.remove(this);
    this.emit('ended', end);
  }
}

function openSocket({ eventsUrl, stageId, text }: ParticipantToken, clientId: string): WebSocket {
  return new WebSocket(`${eventsUrl}/${encodeURIComponent(stageId)}?client=${clientId}`, text);
}

function createClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

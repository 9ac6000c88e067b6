import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import type { Logger } from '../logging.ts';
import { StageErrorCode } from '../stage/stage-error.ts';
import { type ConnectionEnd, readCloseCode } from './connection-end.ts';
import { type ClientMessage, readServerMessage, type ServerMessage } from './messages.ts';
import type { ParticipantToken } from './participant-token.ts';
import { Retrier } from './retrier.ts';
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
  ended: [end: Exclude<ConnectionEnd, { cause: 'lost' }>];
}

export interface EventsSocketParts {
  readonly token: ParticipantToken;
  readonly clock: Clock;
  readonly log: Logger;
  readonly retry?: RetryOptions;
}

const PING_INTERVAL_MS = 4_000;
/** Pings without any message in answer until the connection counts as broken. */
const UNANSWERED_PINGS = 3;
/** Sooner than by those, where something tells that the connection may be broken. */
const PROBE_TIMEOUT_MS = 3_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** The events socket of one participant: connects, watches the connection, and connects again when it breaks. */
export class EventsSocket extends Emitter<EventsSocketEvents> {
  readonly #token: ParticipantToken;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #retrier: Retrier;
  /** Tells the server that a later socket is of the same client as the one before, which may be broken. */
  readonly #clientId = createClientId();
  #socket: WebSocket | undefined;
  /** Ends the listeners on the present socket. */
  #listening = new AbortController();
  #cancelTimer = (): void => {};
  #probing = false;
  #cancelProbe = (): void => {};
  #connected = false;
  /** It was connected before. */
  #stood = false;
  #unansweredPings = 0;
  #isClosed = false;

  constructor({ token, clock, log, retry = {} }: EventsSocketParts) {
    super();
    this.#token = token;
    this.#clock = clock;
    this.#log = log;
    this.#retrier = new Retrier(clock, retry);
  }

  /** Whether messages get through now. */
  get connected(): boolean {
    return this.#connected;
  }

  connect(): void {
    this.emit('connecting');
    if (this.#isClosed) return; // by a listener
    const socket = this.#open();
    if (!socket) return;
    this.#socket = socket;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    socket.addEventListener('open', () => this.#ping(), { signal });
    socket.addEventListener('message', ({ data }) => this.#receive(data), { signal });
    socket.addEventListener('close', ({ code }) => this.#closed(code), { signal });
    this.#cancelTimer = this.#clock.after(CONNECT_TIMEOUT_MS, () => this.#broken('no answer', StageErrorCode.TIMEOUT));
  }

  /** Sends when connected; what is said meanwhile is lost. */
  send(message: ClientMessage): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#log.debug('sent', { type: message.type });
    this.#socket.send(JSON.stringify(message));
  }

  /** Something tells that the network may have changed: tries at once, or finds out whether the connection still stands. */
  hurry(): void {
    if (this.#retrier.waiting) this.#retrier.hurry();
    else if (this.#connected && !this.#probing) this.#probe();
  }

  #probe(): void {
    this.#probing = true;
    this.#cancelProbe = this.#clock.after(PROBE_TIMEOUT_MS, () => this.#broken('no answer to a probe'));
    this.send({ type: 'PING' });
  }

  #endProbe(): void {
    this.#probing = false;
    this.#cancelProbe();
  }

  /** Says goodbye and ends, without an event. */
  leave(): void {
    this.send({ type: 'LEAVE' });
    this.close();
  }

  /** Ends without an event, for good. */
  close(): void {
    this.#isClosed = true;
    this.#retrier.reset();
    this.#drop();
  }

  #open(): WebSocket | undefined {
    const { eventsUrl, stageId, text } = this.#token;
    try {
      return new WebSocket(`${eventsUrl}/${encodeURIComponent(stageId)}?client=${this.#clientId}`, text);
    } catch {
      // A page over https may not open an unencrypted socket.
      const detail = 'this page may not connect to the stage';
      this.emit('ended', { cause: 'refused', code: StageErrorCode.FAILED, detail });
      return undefined;
    }
  }

  #receive(data: unknown): void {
    this.#unansweredPings = 0;
    this.#endProbe();
    const message = readServerMessage(data);
    // Comes first, and does not count: it is for what begins with the connection.
    if (message?.type === 'ICE_SERVERS') {
      this.emit('message', message);
      return;
    }
    if (!this.#connected) {
      this.#connected = true;
      this.#stood = true;
      this.#retrier.succeeded();
      this.#cancelTimer();
      this.#schedulePing();
      this.emit('connected');
    }
    this.#log.debug('received', { type: message?.type ?? 'a message that is not known' });
    // A listener of `connected` may have ended it.
    if (message && this.#connected) this.emit('message', message);
  }

  #schedulePing(): void {
    this.#cancelTimer = this.#clock.after(PING_INTERVAL_MS, () => {
      if (this.#unansweredPings >= UNANSWERED_PINGS) {
        this.#broken('no answer to pings');
      } else {
        this.#ping();
        this.#schedulePing();
      }
    });
  }

  #ping(): void {
    this.#unansweredPings += 1;
    this.send({ type: 'PING' });
  }

  #closed(closeCode: number): void {
    const end = readCloseCode(closeCode);
    if (end.cause === 'lost') {
      this.#broken(`close code ${closeCode}`);
    } else {
      this.close();
      this.emit('ended', end);
    }
  }

  #broken(detail: string, code: StageErrorCode = StageErrorCode.FAILED): void {
    this.#drop();
    this.#log.warn('events socket lost', { detail });
    const planned = this.#retrier.retry(() => this.connect());
    const end = this.#stood ? StageErrorCode.FAILED : code;
    if (planned) this.emit('lost');
    else this.emit('ended', { cause: 'refused', code: end, detail: 'no connection to the stage' });
  }

  #drop(): void {
    this.#cancelTimer();
    this.#endProbe();
    this.#listening.abort();
    this.#socket?.close();
    this.#socket = undefined;
    this.#connected = false;
    this.#unansweredPings = 0;
  }
}

function createClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

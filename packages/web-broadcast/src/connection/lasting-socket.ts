import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import type { Logger } from '../logging.ts';
import { StageErrorCode } from '../stage/stage-error.ts';
import { type ConnectionEnd, readCloseCode } from './connection-end.ts';
import { Retrier } from './retrier.ts';
import type { RetryOptions } from './retry-schedule.ts';

/** What is used of a WebSocket. */
export interface SocketLike extends Pick<WebSocket, 'readyState' | 'send' | 'close' | 'addEventListener'> {
  /** Only where somebody else watches over it: has him find out whether it still stands. */
  readonly hurry?: () => void;
}

/** How it ended for good. */
export type FinalEnd = Exclude<ConnectionEnd, { cause: 'lost' }>;

interface LastingSocketEvents {
  /** An attempt begins. */
  connecting: [];
  message: [data: unknown];
  /** The connection broke; the next attempt is planned. */
  lost: [];
  /** For good: nothing follows. */
  ended: [end: FinalEnd];
}

export interface LastingSocketParts {
  /** @throws when this page may not connect there */
  readonly open: () => SocketLike;
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
const PING = '{"type":"PING"}';

/** A socket that is watched, and opened again when it breaks. */
export class LastingSocket extends Emitter<LastingSocketEvents> {
  readonly #open: LastingSocketParts['open'];
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #retrier: Retrier;
  #socket: SocketLike | undefined;
  /** Ends the listeners on the present socket. */
  #listening = new AbortController();
  #cancelTimer = (): void => {};
  #probing = false;
  #cancelProbe = (): void => {};
  #connected = false;
  /** It was connected before. */
  #stood = false;
  #unansweredPings = 0;
  /** Until it is closed. */
  #wanted = false;

  constructor({ open, clock, log, retry = {} }: LastingSocketParts) {
    super();
    this.#open = open;
    this.#clock = clock;
    this.#log = log;
    this.#retrier = new Retrier(clock, retry);
  }

  /** Whether messages get through now. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Opens it, at once if that was to be tried again later. */
  connect(): void {
    this.#wanted = true;
    this.#retrier.reset();
    this.#connect();
  }

  /** Sends when connected; what is said meanwhile is lost. */
  send(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  /** The server has let it in. @returns whether that is new */
  stands(): boolean {
    if (this.#connected) return false;
    this.#connected = true;
    this.#stood = true;
    this.#retrier.succeeded();
    this.#cancelTimer();
    this.#schedulePing();
    return true;
  }

  /** Something tells that the network may have changed: tries at once, or finds out whether the connection still stands. */
  hurry(): void {
    if (this.#retrier.waiting) this.#retrier.hurry();
    else if (this.#connected && !this.#probing && !this.#socket?.hurry) this.#probe();
    this.#socket?.hurry?.();
  }

  /** Ends without an event, until it is to connect again. */
  close(): void {
    this.#wanted = false;
    this.#retrier.reset();
    this.#drop();
  }

  #connect(): void {
    this.emit('connecting');
    if (!this.#wanted || this.#socket) return; // a listener closed it, or closed and opened it
    const socket = this.#tryToOpen();
    if (!socket) return;
    this.#socket = socket;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    if (!socket.hurry) socket.addEventListener('open', () => this.#ping(), { signal });
    socket.addEventListener('message', ({ data }) => this.#receive(data), { signal });
    socket.addEventListener('close', ({ code }) => this.#closed(code), { signal });
    this.#cancelTimer = this.#clock.after(CONNECT_TIMEOUT_MS, () => this.#broken('no answer', StageErrorCode.TIMEOUT));
  }

  #tryToOpen(): SocketLike | undefined {
    try {
      return this.#open();
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
    this.emit('message', data);
  }

  #schedulePing(): void {
    if (this.#socket?.hurry) return; // watched already
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
    this.send(PING);
  }

  #probe(): void {
    this.#probing = true;
    this.#cancelProbe = this.#clock.after(PROBE_TIMEOUT_MS, () => this.#broken('no answer to a probe'));
    this.send(PING);
  }

  #endProbe(): void {
    this.#probing = false;
    this.#cancelProbe();
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
    const planned = this.#retrier.retry(() => this.#connect());
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

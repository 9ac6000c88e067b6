import type { Clock } from '../clock.ts';
import type { EventsSocket, SocketCarrier } from '../connection/events-socket.ts';
import { isJsonObject } from '../connection/json-object.ts';
import { type FinalEnd, LastingSocket, type SocketLike } from '../connection/lasting-socket.ts';
import { parseMessage } from '../connection/messages.ts';
import { watchPage } from '../connection/page-events.ts';
import type { RetryOptions } from '../connection/retry-schedule.ts';
import { createLogger, LogLevels } from '../logging.ts';
import { StageErrorCode } from '../stage/stage-error.ts';
import { StageLeftReason } from '../stage/stage-left-reason.ts';
import { Channel } from './channel.ts';
import type { ConnectionToken } from './connection-token.ts';
import { RealTimeConnectionError, RealTimeConnectionErrorCode } from './real-time-connection-error.ts';
import { RealTimeConnectionState } from './real-time-connection-events.ts';

export interface ChannelCarrierParts {
  readonly token: ConnectionToken;
  readonly clock: Clock;
  readonly onStateChanged: (state: RealTimeConnectionState, error?: RealTimeConnectionError) => void;
  readonly retry?: RetryOptions;
}

const { DISCONNECTED, CONNECTING, CONNECTED } = RealTimeConnectionState;
/** As a browser calls the end of a connection that broke. */
const BROKEN = 1006;

/** One WebSocket that carries the events sockets of several stages, each on a channel. */
export class ChannelCarrier implements SocketCarrier {
  readonly #parts: ChannelCarrierParts;
  readonly #socket: LastingSocket;
  /** Of stages that are joined, or try to be. */
  readonly #members = new Set<Pick<EventsSocket, 'end'>>();
  readonly #channels = new Map<number, Channel>();
  /** No number is used twice, so that nothing late comes to a wrong one. */
  #lastNumber = 0;
  #state: RealTimeConnectionState = DISCONNECTED;
  #stopWatchingPage = (): void => {};

  constructor(parts: ChannelCarrierParts) {
    this.#parts = parts;
    const { token, clock, retry = {} } = parts;
    const log = createLogger(LogLevels.SILENT, console);
    this.#socket = new LastingSocket({ open: () => new WebSocket(token.eventsUrl, token.text), clock, log, retry });
    this.#socket.on('connecting', () => this.#setState(CONNECTING));
    this.#socket.on('message', (data) => this.#receive(data));
    this.#socket.on('lost', () => this.#lost());
    this.#socket.on('ended', (end) => this.#finish(end, errorOf(end)));
  }

  /** Opens it, unless it is there or about to be. */
  connect(): void {
    if (this.#state !== DISCONNECTED) return;
    // It was good when it was read.
    if (this.#parts.token.expiresAtMs <= this.#parts.clock.now()) {
      this.#expired();
      return;
    }
    this.#stopWatchingPage = watchPage({
      online: () => this.#socket.hurry(),
      awake: () => this.#socket.hurry(),
      unload: () => {}, // the stages leave
    });
    this.#socket.connect();
  }

  /** Has all stages leave, and closes it. */
  disconnect(): void {
    for (const channel of this.#channels.values()) channel.send('{"type":"LEAVE"}');
    this.#finish({ cause: 'left', reason: StageLeftReason.REAL_TIME_CONNECTION_FORCED_LEAVE });
  }

  add(socket: Pick<EventsSocket, 'end'>): void {
    this.#members.add(socket);
    // Whoever comes while it is broken does not wait for the next attempt.
    if (this.#state === CONNECTING) this.#socket.hurry();
  }

  remove(socket: Pick<EventsSocket, 'end'>): void {
    this.#members.delete(socket);
  }

  open(token: string, client: string): SocketLike {
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    const channel = new Channel(
      number,
      { token, client },
      {
        say: (text) => this.#socket.send(text),
        hurry: () => this.#socket.hurry(),
        onClosed: () => this.#channels.delete(number),
      },
    );
    this.#channels.set(number, channel);
    // Whoever opens it listens to it then.
    queueMicrotask(() => {
      if (!this.#channels.has(number)) return;
      if (this.#state === CONNECTED) channel.open();
      else this.connect();
    });
    return channel;
  }

  #receive(data: unknown): void {
    const message = parseMessage(data);
    if (this.#socket.stands()) this.#connected();
    if (!isJsonObject(message) || typeof message.channel !== 'number') return;
    const channel = this.#channels.get(message.channel);
    if (message.type === 'CLOSE') channel?.ended(readCloseMessage(message.payload));
    else channel?.receive(message);
  }

  #connected(): void {
    this.#setState(CONNECTED);
    for (const channel of this.#channels.values()) if (channel.readyState === WebSocket.CONNECTING) channel.open();
  }

  #lost(): void {
    this.#setState(CONNECTING);
    this.#breakChannels();
  }

  /** Their stages try again by themselves. */
  #breakChannels(): void {
    const channels = [...this.#channels.values()].filter(({ readyState }) => readyState === WebSocket.OPEN);
    for (const channel of channels) channel.ended(BROKEN);
  }

  #expired(): void {
    const error = new RealTimeConnectionError(RealTimeConnectionErrorCode.TOKEN_EXPIRED);
    const end = { cause: 'refused', code: StageErrorCode.FAILED, detail: error.message } as const;
    this.#finish(end);
    this.#parts.onStateChanged(DISCONNECTED, error);
  }

  /** Ends all at once. A listener may begin anew. */
  #finish(end: FinalEnd, error?: RealTimeConnectionError): void {
    this.#stopWatchingPage();
    this.#socket.close();
    this.#channels.clear();
    const members = [...this.#members];
    this.#members.clear();
    this.#setState(DISCONNECTED, error);
    for (const member of members) member.end(end);
  }

  #setState(state: RealTimeConnectionState, error?: RealTimeConnectionError): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#parts.onStateChanged(state, error);
  }
}

function readCloseMessage(payload: unknown): number {
  return isJsonObject(payload) && typeof payload.code === 'number' ? payload.code : BROKEN;
}

function errorOf(end: FinalEnd): RealTimeConnectionError {
  if (end.cause === 'left') return new RealTimeConnectionError(RealTimeConnectionErrorCode.FAILED, end.reason);
  const { TIMEOUT, FAILED } = RealTimeConnectionErrorCode;
  const code = end.connectionCode ?? (end.code === StageErrorCode.TIMEOUT ? TIMEOUT : FAILED);
  return new RealTimeConnectionError(code, end.detail);
}

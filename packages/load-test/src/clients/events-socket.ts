import { EventEmitter, once } from 'node:events';
import { readToken } from './participant-token.ts';

/** A participant as the state of the stage tells of it. */
export interface StateParticipant {
  readonly id: string;
  readonly userId: string;
  readonly isPublishing: boolean;
}

export interface SubscriberOffer {
  readonly transportId: string;
  readonly offerId: number;
  readonly sdp: string;
}

export interface EventsSocketEvents {
  state: [participants: readonly StateParticipant[]];
  offer: [offer: SubscriberOffer];
  /** The server closed it. */
  closed: [code: number, reason: string];
}

const CONNECT_TIMEOUT_MS = 15_000;
const LEAVE_TIMEOUT_MS = 5_000;

/** A participant's events socket (docs/signalling.md). */
export class EventsSocket extends EventEmitter<EventsSocketEvents> {
  readonly #socket: WebSocket;
  #closed = false;

  private constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#hear(String(data)));
    socket.addEventListener('close', ({ code, reason }) => {
      if (!this.#closed) this.emit('closed', code, reason);
      this.#closed = true;
    });
  }

  /**
   * In the stage when it settles.
   *
   * @param signal gives it up; default: after 15 s
   * @throws when the server refuses, and when it is given up; nothing is left open then
   */
  static async connect(token: string, signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS)): Promise<EventsSocket> {
    const socket = new EventsSocket(new WebSocket(readToken(token).eventsUrl, [token]));
    await socket.#joined(signal);
    return socket;
  }

  send(type: string, payload: object): void {
    if (!this.#closed) this.#socket.send(JSON.stringify({ type, payload }));
  }

  /** Leaves the stage; settles when the server has closed the socket. @throws when it does not do so within 5 s */
  async leave(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const closed = once(this.#socket, 'close', { signal: AbortSignal.timeout(LEAVE_TIMEOUT_MS) });
    this.#socket.send(JSON.stringify({ type: 'LEAVE' }));
    await closed.catch((cause: unknown) => {
      this.#socket.close();
      throw new Error(`The server did not close the events socket within ${LEAVE_TIMEOUT_MS} ms`, { cause });
    });
  }

  #joined(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void) => {
        this.off('state', joined).off('closed', refused);
        signal.removeEventListener('abort', giveUp);
        outcome();
      };
      const joined = () => settle(resolve);
      const refused = (code: number, reason: string) =>
        settle(() => reject(new Error(`The events socket was closed with ${code} ${reason}`.trimEnd())));
      const giveUp = () => {
        this.#closed = true;
        this.#socket.close();
        const cause: unknown = signal.reason;
        settle(() => reject(new Error('No state of the stage came over the events socket', { cause })));
      };
      this.on('state', joined).on('closed', refused);
      signal.addEventListener('abort', giveUp);
      if (signal.aborted) giveUp();
    });
  }

  #hear(text: string): void {
    const { type, payload } = JSON.parse(text);
    if (type === 'STAGE_STATE') this.emit('state', payload.participants);
    else if (type === 'SUBSCRIBER_OFFER') this.emit('offer', payload);
  }
}

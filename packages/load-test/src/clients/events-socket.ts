import { EventEmitter } from 'node:events';
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

  /** In the stage when it settles. @throws when the server refuses */
  static connect(token: string): Promise<EventsSocket> {
    const socket = new EventsSocket(new WebSocket(readToken(token).eventsUrl, [token]));
    return new Promise((resolve, reject) => {
      const refused = (code: number, reason: string) =>
        reject(new Error(`The events socket was closed with ${code} ${reason}`));
      socket.once('closed', refused);
      socket.once('state', () => {
        socket.off('closed', refused);
        resolve(socket);
      });
    });
  }

  send(type: string, payload: object): void {
    if (!this.#closed) this.#socket.send(JSON.stringify({ type, payload }));
  }

  /** Leaves the stage; settles when the server has closed the socket. */
  async leave(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const closed = new Promise((resolve) => this.#socket.addEventListener('close', resolve));
    this.#socket.send(JSON.stringify({ type: 'LEAVE' }));
    await closed;
  }

  #hear(text: string): void {
    const { type, payload } = JSON.parse(text);
    if (type === 'STAGE_STATE') this.emit('state', payload.participants);
    else if (type === 'SUBSCRIBER_OFFER') this.emit('offer', payload);
  }
}

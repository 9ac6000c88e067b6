import assert from 'node:assert/strict';
import { type EventEmitter, once } from 'node:events';
import { WebSocket } from 'ws';
import type { ConnectionClient } from './connection-client.fixture.ts';

const GUARD_MS = 60_000;

interface TokenPayload {
  readonly jti: string;
  readonly topic: string;
  readonly events_url: string;
  readonly whip_url: string;
}

interface StateParticipant {
  readonly id: string;
  readonly userId: string;
  readonly isPublishing: boolean;
  readonly tracks: readonly { readonly kind: 'audio' | 'video' }[];
}

/** A client that speaks the signalling protocol and knows nothing else of the server. */
export class StageClient {
  readonly token: string;
  readonly payload: TokenPayload;
  /** By which it comes; without one it opens a WebSocket of its own. */
  connection: Pick<ConnectionClient, 'join'> | undefined;

  constructor(token: string) {
    this.token = token;
    this.payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  }

  get id(): string {
    return this.payload.jti;
  }

  connect(topic = this.payload.topic): ClientSocket {
    if (this.connection) return this.connection.join(this, topic.split('?client=')[1]);
    return new ClientSocket(new WebSocket(`${this.payload.events_url}/${topic}`, [this.token]));
  }

  publish(offer: string, url = this.payload.whip_url): Promise<Response> {
    return this.#post(url, offer);
  }

  subscribe(publisherId: string, offer: string): Promise<Response> {
    return this.#post(`${this.payload.whip_url}/subscribe/${publisherId}`, offer);
  }

  delete(location: string): Promise<Response> {
    return fetch(location, { method: 'DELETE', headers: { authorization: `Bearer ${this.token}` } });
  }

  #post(url: string, body: string): Promise<Response> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/sdp' };
    return fetch(url, { method: 'POST', headers, body, redirect: 'manual' });
  }
}

/** What is used of a WebSocket. */
interface SocketEnd extends EventEmitter {
  readonly readyState: number;
  send(text: string | Buffer): void;
  terminate(): void;
}

/** A client's events socket: everything that came is kept, so that nothing is missed between two questions. */
export class ClientSocket {
  readonly #socket: SocketEnd;
  readonly #messages: { type: string; payload?: never }[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #wake: () => void = () => undefined;

  constructor(socket: SocketEnd) {
    this.#socket = socket;
    socket.on('message', (data) => {
      this.#messages.push(JSON.parse(data.toString()));
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on('error', () => resolve({ code: 1006, reason: 'refused' }));
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  async send(type: string, payload?: object): Promise<void> {
    if (this.#socket.readyState === WebSocket.CONNECTING) await once(this.#socket, 'open');
    this.#socket.send(JSON.stringify({ type, payload }));
  }

  async sendText(text: string | Buffer): Promise<void> {
    if (this.#socket.readyState === WebSocket.CONNECTING) await once(this.#socket, 'open');
    this.#socket.send(text);
  }

  /** Ends the connection as a crash would: without a closing handshake. */
  crash(): void {
    this.#socket.terminate();
  }

  /** Takes the next message of this type; earlier ones of other types are passed over. */
  async next<Payload = unknown>(type: string): Promise<Payload> {
    const deadline = setTimeout(() => this.#socket.terminate(), GUARD_MS);
    try {
      for (;;) {
        const index = this.#messages.findIndex((message) => message.type === type);
        if (index >= 0) return this.#messages.splice(0, index + 1).at(-1)?.payload as Payload;
        const woken = new Promise<'woken'>((resolve) => {
          this.#wake = () => resolve('woken');
        });
        const outcome = await Promise.race([woken, this.closed]);
        assert.equal(outcome, 'woken', `the socket closed before a ${type} came`);
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Waits for a state of the stage that has what is looked for. */
  async state(matches: (participants: StateParticipant[]) => boolean): Promise<StateParticipant[]> {
    for (;;) {
      const { participants } = await this.next<{ participants: StateParticipant[] }>('STAGE_STATE');
      if (matches(participants)) return participants;
    }
  }
}

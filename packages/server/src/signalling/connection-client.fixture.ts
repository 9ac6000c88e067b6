import { EventEmitter } from 'node:events';
import { WebSocket } from 'ws';
import { ClientSocket, type StageClient } from './stage-client.fixture.ts';

/** A client that joins stages over one connection, by the protocol alone. */
export class ConnectionClient {
  /** What is said on no channel. */
  readonly socket: ClientSocket;
  readonly #webSocket: WebSocket;
  readonly #channels = new Map<number, ChannelEnd>();
  #lastChannel = 0;

  /** @param eventsUrl `endpoints.events` of any stage */
  constructor(eventsUrl: string, token: string) {
    this.#webSocket = new WebSocket(eventsUrl, [token]);
    this.socket = new ClientSocket(this.#webSocket);
    this.#webSocket.on('message', (data) => this.#hand(JSON.parse(data.toString())));
    this.#webSocket.on('close', () => {
      for (const channel of this.#channels.values()) channel.emit('close', 1006, '');
    });
  }

  get closed(): Promise<{ code: number; reason: string }> {
    return this.socket.closed;
  }

  /** Joins the stage of its token. @param client as `?client=` of a socket of its own */
  join({ token }: StageClient, client?: string, channel = this.#lastChannel + 1): ClientSocket {
    this.#lastChannel = channel;
    const end = new ChannelEnd((message) => void this.socket.sendText(JSON.stringify({ ...message, channel })));
    this.#channels.set(channel, end);
    end.say({ type: 'JOIN', payload: { token, client } });
    return new ClientSocket(end);
  }

  crash(): void {
    this.#webSocket.terminate();
  }

  #hand({ channel, ...message }: { channel?: number; type: string; payload?: { code: number; reason: string } }): void {
    const end = channel === undefined ? undefined : this.#channels.get(channel);
    if (message.type === 'CLOSE' && message.payload) end?.emit('close', message.payload.code, message.payload.reason);
    else end?.emit('message', JSON.stringify(message));
  }
}

/** The client's end of a channel, as the end of a WebSocket. */
class ChannelEnd extends EventEmitter<{ message: [text: string]; close: [code: number, reason: string]; error: [] }> {
  readonly readyState = WebSocket.OPEN;
  readonly say: (message: object) => void;

  constructor(say: (message: object) => void) {
    super();
    this.say = say;
  }

  send(text: string | Buffer): void {
    this.say(JSON.parse(String(text)));
  }

  /** The nearest thing to a crash that a channel has. */
  terminate(): void {
    this.say({ type: 'CLOSE' });
  }
}

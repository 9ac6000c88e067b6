import { Channel } from './channel.ts';
import { GOING_AWAY, type SocketClose } from './close-codes.ts';
import { readConnectionMessage } from './connection-messages.ts';
import { EventsSocket } from './events-socket.ts';
import { type MessageObject, ProtocolViolation } from './messages.ts';
import type { SocketWire } from './socket-wire.ts';

/** How many stages a client may be in over one connection, those that it is joining included. */
const MAXIMUM_STAGES = 32;

export interface RealTimeConnectionParts {
  readonly wire: SocketWire;
  /** Account, region and id of the token that it was opened with. */
  readonly key: string;
  /** Lets a participant into the stage of its token. Settles when it is in, or when its socket is closed for a reason. */
  readonly join: (socket: EventsSocket, token: string) => Promise<void>;
}

/** The server's end of a client's connection over which it joins stages: a channel for each. */
export class RealTimeConnection {
  readonly key: string;
  readonly #wire: SocketWire;
  readonly #join: RealTimeConnectionParts['join'];
  readonly #channels = new Map<number, Channel>();
  /** Those by which a participant is in a stage. */
  readonly #joined = new Set<Channel>();
  /** Also those whose channel was closed before it was settled: they cost as much. */
  #joining = 0;

  constructor({ wire, key, join }: RealTimeConnectionParts) {
    this.key = key;
    this.#wire = wire;
    this.#join = join;
    wire.on('message', (message) => this.#receive(message));
    wire.once('closed', () => {
      for (const channel of this.#channels.values()) channel.end();
    });
  }

  /** Says that the token was taken, and answers what the client has said so far: that may end it at once. */
  open(): void {
    this.#wire.send('{"type":"CONNECTED"}');
    this.#wire.open();
  }

  close(close: SocketClose): void {
    this.#wire.close(close);
  }

  #receive(message: MessageObject): void {
    try {
      this.#answer(message);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.close({ code: 1008, reason: error.message });
    }
  }

  #answer(object: MessageObject): void {
    const message = readConnectionMessage(object);
    switch (message?.type) {
      case 'PING':
        this.#wire.send('{"type":"PONG"}');
        break;
      case 'JOIN':
        this.#open(message.channel, message.token, message.clientId);
        break;
      case 'CLOSE':
        this.#channels.get(message.channel)?.end();
        break;
      case 'STAGE':
        // What comes for a channel that is not there crossed its end.
        this.#channels.get(message.channel)?.take(message.message);
        break;
    }
  }

  #open(number: number, token: string, clientId: string | undefined): void {
    if (this.#channels.has(number)) throw new ProtocolViolation('a channel is opened twice');
    const full = Math.max(this.#channels.size, this.#joining) >= MAXIMUM_STAGES;
    const channel = new Channel(number, this.#wire);
    this.#channels.set(number, channel);
    channel.once('closed', (said) => this.#closed(number, channel, said));
    if (full) {
      channel.close({ code: 1008, reason: 'too many stages on one connection' });
      return;
    }
    this.#joining += 1;
    const joined = this.#join(new EventsSocket(channel, { clientId, connectionKey: this.key }), token);
    void joined.finally(() => {
      this.#joining -= 1;
      if (channel.closed) return;
      this.#joined.add(channel);
      this.#countStages();
    });
  }

  #closed(number: number, channel: Channel, said: SocketClose | undefined): void {
    this.#channels.delete(number);
    this.#joined.delete(channel);
    this.#countStages();
    // Another server may take in whom this one does not.
    if (said?.code === GOING_AWAY.code && this.#channels.size === 0) this.close(GOING_AWAY);
  }

  /** What is said for no stage counts as if there were one more. */
  #countStages(): void {
    this.#wire.stages = 1 + this.#joined.size;
  }
}

import { EventEmitter } from 'node:events';
import {
  answererRole,
  createIceCredentials,
  type IceCredentials,
  MediaConnection,
  type RemoteSection,
  readDescription,
  writeAnswer,
} from '@proscenium/participant/connection';
import { EventsSocket, type SubscriberOffer } from './events-socket.ts';
import { Receiver, type ReceiverOptions } from './receiver.ts';

export interface StageSubscriberEvents {
  /** The first connection is there, or a new one in place of one that ended. */
  connected: [receiver: Receiver];
  /** What the server offers cannot be taken. */
  failed: [error: Error];
  /** The server closed the events socket. */
  closed: [code: number, reason: string];
}

/** Bandwidth probes come in this section: they are told of as all packets are, and are no stream. */
const PROBATOR_MID = 'probator';

/** One who subscribes over the events socket: the server offers, and one connection carries everything. */
export class StageSubscriber extends EventEmitter<StageSubscriberEvents> {
  readonly #socket: EventsSocket;
  readonly #options: ReceiverOptions;
  #transportId: string | undefined;
  #credentials: IceCredentials = createIceCredentials();
  /** Of its last offer, which may come before it is connected. */
  #sections: readonly RemoteSection[] = [];
  #receiver: Receiver | undefined;
  #stopped = false;

  private constructor(socket: EventsSocket, options: ReceiverOptions) {
    super();
    this.#socket = socket;
    this.#options = options;
    socket.on('offer', (offer) => {
      this.#take(offer).catch((error: Error) => {
        if (!this.#stopped) this.emit('failed', error);
      });
    });
    socket.once('closed', (code, reason) => {
      this.#close();
      this.emit('closed', code, reason);
    });
  }

  /**
   * In the stage when it settles.
   *
   * @param signal gives it up; default: after 15 s
   * @throws when the server refuses the token, and when it is given up
   */
  static async join(token: string, options: ReceiverOptions, signal?: AbortSignal): Promise<StageSubscriber> {
    return new StageSubscriber(await EventsSocket.connect(token, signal), options);
  }

  /** Undefined before the first connection, and while none is wished for. */
  get receiver(): Receiver | undefined {
    return this.#receiver;
  }

  get socket(): EventsSocket {
    return this.#socket;
  }

  /** Replaces the wish; publishers that are not there yet are kept in mind by the server. */
  subscribe(participantIds: readonly string[]): void {
    const participants = participantIds.map((id) => ({ id, subscribeType: 'AUDIO_VIDEO' }));
    this.#socket.send('SUBSCRIBE', { codecs: ['video/H264', 'audio/opus'], participants });
  }

  /** Leaves the stage. */
  async stop(): Promise<void> {
    this.#close();
    await this.#socket.leave();
  }

  #close(): void {
    this.#stopped = true;
    this.#receiver?.close();
  }

  async #take({ transportId, offerId, sdp }: SubscriberOffer): Promise<void> {
    const description = readDescription(sdp);
    this.#sections = description.sections.filter(({ mid }) => mid !== PROBATOR_MID);
    const isNew = transportId !== this.#transportId;
    if (isNew) {
      this.#receiver?.close();
      this.#receiver = undefined;
      this.#transportId = transportId;
      this.#credentials = createIceCredentials();
    }
    const credentials = this.#credentials;
    const answer = writeAnswer({ credentials, fingerprint: this.#options.identity.fingerprint }, description);
    this.#socket.send('SUBSCRIBER_ANSWER', { transportId, offerId, sdp: answer });
    if (!isNew) {
      this.#receiver?.setSections(this.#sections);
      return;
    }
    const { transport } = description;
    const local = { credentials, role: answererRole(transport) };
    const connection = await MediaConnection.open(this.#options.identity, local, transport);
    if (this.#stopped || this.#transportId !== transportId) {
      connection.close();
      return;
    }
    this.#receiver = new Receiver(connection, this.#sections, this.#options);
    this.emit('connected', this.#receiver);
  }
}

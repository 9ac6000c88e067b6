import { EventEmitter } from 'node:events';
import {
  type Logger,
  type ParticipantWish,
  Retrier,
  StageError,
  StageErrorCategory,
  StageErrorCode,
  type SubscriberOffer,
  systemClock,
} from '@proscenium/web-broadcast/signalling';
import { answererRole } from '../connection/ice-agent.ts';
import { createIceCredentials, type Identity } from '../connection/identity.ts';
import { MediaConnection } from '../connection/media-connection.ts';
import { type RemoteDescription, readDescription } from '../sdp/read-description.ts';
import { writeAnswer } from '../sdp/write-description.ts';
import type { Frame } from './incoming-stream.ts';
import { MediaReceiver } from './media-receiver.ts';

/** Of an offer: what comes, and whose it is. */
export type OfferedTrack = SubscriberOffer['tracks'][number];

interface OfferedMediaEvents {
  frame: [track: OfferedTrack, frame: Frame];
  /** It is given up; the next change of the wishes begins anew. */
  failed: [error: StageError];
}

export interface OfferedMediaParts {
  readonly identity: Identity;
  readonly log: Logger;
  /** To the server; lost while it is not reached. */
  readonly send: (
    message:
      | { type: 'SUBSCRIBE'; payload: { codecs: readonly string[]; participants: readonly ParticipantWish[] } }
      | { type: 'SUBSCRIBER_ANSWER'; payload: { transportId: string; offerId: number | string; sdp: string } },
  ) => void;
}

/** One transport of the server, and our side of it. */
interface Transport {
  readonly id: string;
  readonly credentials: ReturnType<typeof createIceCredentials>;
  description: RemoteDescription;
  tracks: readonly OfferedTrack[];
  receiver: MediaReceiver | undefined;
  /** Aborted when it is over. */
  readonly over: AbortController;
}

const CODECS = ['video/H264', 'video/VP8', 'audio/opus'];

/** What the server offers upon our wishes, over one connection, which is made anew when it breaks. */
export class OfferedMedia extends EventEmitter<OfferedMediaEvents> {
  readonly #parts: OfferedMediaParts;
  readonly #retrier = new Retrier(systemClock, {});
  #transport: Transport | undefined;
  /** Closed here: what is still offered on it is late. */
  #closedTransportId: string | undefined;
  #wishes: readonly ParticipantWish[] = [];
  /** The wishes as the server knows them. */
  #told = '[]';
  /** The connection failed: the server is to make another one. */
  #renew = false;

  constructor(parts: OfferedMediaParts) {
    super();
    this.#parts = parts;
  }

  /** Tells the server what is wished, unless it knows. */
  wish(wishes: readonly ParticipantWish[]): void {
    this.#wishes = wishes;
    this.#tell();
  }

  /** The server is reached by a new socket: what was told meanwhile is lost. */
  reachedAgain(): void {
    this.#told = '';
    this.#renew = this.#transport === undefined;
    this.#tell();
  }

  /** Takes what the server offers. */
  take({ transportId, offerId, sdp, tracks }: SubscriberOffer): void {
    if (transportId === this.#closedTransportId) return;
    try {
      const description = readDescription(sdp);
      const transport = this.#transportFor(transportId, description);
      const { credentials } = transport;
      const answer = writeAnswer({ credentials, fingerprint: this.#parts.identity.fingerprint }, description);
      this.#parts.send({ type: 'SUBSCRIBER_ANSWER', payload: { transportId, offerId, sdp: answer } });
      transport.description = description;
      transport.tracks = tracks;
      transport.receiver?.setSections(description.sections);
    } catch (error) {
      this.#failed(`the offer cannot be answered: ${(error as Error).message}`);
      return;
    }
  }

  requestKeyFrame(mid: string): void {
    this.#transport?.receiver?.requestKeyFrame(mid);
  }

  close(): void {
    this.#drop();
    this.#retrier.reset();
  }

  #tell(): void {
    const wish = JSON.stringify(this.#wishes);
    if (wish === this.#told || this.#retrier.waiting) return;
    this.#told = wish;
    // The server ends the connection of those who wish nothing, and makes a new one for the next wish.
    if (this.#renew || this.#wishes.length === 0) {
      this.#drop();
      this.#send([]);
    }
    this.#renew = false;
    if (this.#wishes.length > 0) this.#send(this.#wishes);
    else this.#retrier.reset();
  }

  #send(participants: readonly ParticipantWish[]): void {
    this.#parts.send({ type: 'SUBSCRIBE', payload: { codecs: CODECS, participants } });
  }

  #transportFor(id: string, description: RemoteDescription): Transport {
    if (this.#transport?.id === id) return this.#transport;
    this.#drop();
    this.#retrier.cancel();
    this.#renew = false;
    const credentials = createIceCredentials();
    const over = new AbortController();
    const transport = { id, credentials, description, tracks: [], receiver: undefined, over };
    this.#transport = transport;
    void this.#connect(transport);
    return transport;
  }

  async #connect(transport: Transport): Promise<void> {
    const { identity } = this.#parts;
    const { transport: remote } = transport.description;
    try {
      const local = { credentials: transport.credentials, role: answererRole(remote) };
      const connection = await MediaConnection.open(identity, local, remote, transport.over.signal);
      if (this.#transport === transport) this.#connected(transport, connection);
      else connection.close();
    } catch (error) {
      if (this.#transport === transport) this.#failed((error as Error).message);
    }
  }

  #connected(transport: Transport, connection: MediaConnection): void {
    const receiver = new MediaReceiver(connection);
    transport.receiver = receiver;
    receiver.setSections(transport.description.sections);
    receiver.on('frame', (mid, frame) => {
      const track = transport.tracks.find((each) => each.mid === mid);
      if (track) this.emit('frame', track, frame);
    });
    receiver.once('lost', ({ message }) => this.#failed(message));
    this.#retrier.succeeded();
  }

  #failed(detail: string): void {
    this.#parts.log.warn('subscriber connection failed', { detail });
    this.#drop();
    this.#renew = true;
    const again = this.#retrier.retry(() => {
      this.#told = '';
      this.#tell();
    });
    if (again) return;
    this.#retrier.reset();
    this.#told = '';
    this.emit('failed', new StageError(StageErrorCode.FAILED, StageErrorCategory.SUBSCRIBE_ERROR, detail));
  }

  #drop(): void {
    if (!this.#transport) return;
    this.#closedTransportId = this.#transport.id;
    this.#transport.over.abort();
    this.#transport.receiver?.close();
    this.#transport = undefined;
  }
}

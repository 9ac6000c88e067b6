import { EventEmitter } from 'node:events';
import type { CodecName } from '../webrtc/codecs.ts';
import { type MediaKind, readRemoteDescription } from '../webrtc/remote-description.ts';
import type { ClientTransport, EndReason } from './client-transport.ts';
import type { DeliveredMedia } from './delivered-media.ts';
import type { DeliveryLease } from './delivery.ts';
import type { Publication } from './publication.ts';
import type { LayersReport, SentStream, StreamChoice } from './sent-stream.ts';
import {
  SubscriberConnection,
  type SubscriberConnectionOptions,
  type SubscriberOffer,
  type WantedStream,
} from './subscriber-connection.ts';

/** What a subscriber wants of one publisher. */
export interface Wish {
  readonly participantId: string;
  readonly kinds: readonly MediaKind[];
  /** Kinds that are held back just now: they stay subscribed and cost nothing. @default none */
  readonly paused?: readonly MediaKind[] | undefined;
  /** The label of the highest layer that is wanted. @default whatever the connection carries */
  readonly preferredLayer?: string | undefined;
  /** Where it begins. @default LOWEST */
  readonly initialLayer?: 'LOWEST' | 'HIGHEST' | undefined;
  /** 1 to 255: who has more gets better layers first. @default 1 */
  readonly priority?: number | undefined;
}

export interface SubscriberEvents {
  offer: [offer: SubscriberOffer];
  /** ICE and DTLS are up. */
  connected: [];
  /** The client answered, and something of this publisher is on its way, or would be if it were not held back. */
  subscribed: [participantId: string];
  unsubscribed: [participantId: string];
  /** The client cannot decode what this publisher sends. */
  refused: [participantId: string, kind: MediaKind];
  /** Something of ours went wrong with a stream of this publisher: it is left out until the next wish. */
  unserved: [participantId: string, error: Error];
  /** A publisher's layers, or the one that is sent, changed. */
  layers: [report: LayersReport];
  /** The connection ended; what is still wished for is offered anew. */
  ended: [reason: EndReason];
  /** Something of ours went wrong; the connection is given up. */
  failed: [error: Error];
  /** By close(), or because the stage's media is gone: it subscribes no more. */
  closed: [];
}

/**
 * Asked again whenever what is wished and there may have changed, with all of it: what is missing is let go of.
 *
 * @returns those among them that may be received
 */
export type AdmitPublishers = (publisherIds: readonly string[]) => ReadonlySet<string>;

export interface SubscriberOptions extends SubscriberConnectionOptions {
  /** Takes a place for so many consumers. */
  readonly lease: (consumers: number) => Promise<DeliveryLease>;
  readonly createTransport: (lease: DeliveryLease) => Promise<ClientTransport>;
  readonly publisher: (participantId: string) => Publication | undefined;
  readonly admit: AdmitPublishers;
}

/** After so many connections in a row that never came up, only a new wish makes another one: this client cannot connect. */
const MAXIMUM_FAILURES = 3;

/**
 * A participant that subscribes by our own client: the server offers, and one connection carries all its subscriptions, so
 * that one bandwidth estimate serves all of them.
 *
 * A wish is the whole of what is wanted. It is compared with what is there whenever the wish or the stage changes; at most
 * one offer is under way at a time, and what changes meanwhile goes into the next one.
 */
export class Subscriber extends EventEmitter<SubscriberEvents> {
  readonly #options: SubscriberOptions;
  /** What is wished for and cannot be decoded, as it was told: once for each publish and kind. */
  #toldUndecodable = new Set<string>();
  /** What could not be added since the last wish, named likewise. */
  readonly #unserved = new Set<string>();
  #wishes = new Map<string, Wish>();
  #decodable: ReadonlySet<CodecName> = new Set();
  #connection: SubscriberConnection | undefined;
  #subscribed = new Set<string>();
  #reconciling = false;
  #stale = false;
  /** Connections in a row that never came up. */
  #failures = 0;
  #closed = false;

  constructor(options: SubscriberOptions) {
    super();
    this.#options = options;
  }

  /**
   * Replaces the wish. An empty one ends the connection.
   *
   * @param decodable the codecs that the client decodes
   */
  setWish(wishes: readonly Wish[], decodable: ReadonlySet<CodecName>): void {
    this.#failures = 0;
    this.#unserved.clear();
    this.#decodable = decodable;
    this.#wishes = new Map(wishes.map((wish) => [wish.participantId, wish]));
    if (this.#wishes.size === 0) this.#connection?.close();
    else void this.#choose();
    this.refresh();
  }

  /** Compares the wish with the stage: to be called whenever a publisher came, changed or went. */
  refresh(): void {
    if (this.#closed) return;
    this.#stale = true;
    void this.#reconcile();
  }

  /**
   * Takes the client's answer. One that fits no pending offer is late and passed over.
   *
   * @throws {MediaRefusal} `BROKEN_OFFER`
   */
  async answer(transportId: string, offerId: number, sdp: string): Promise<void> {
    const connection = this.#connection;
    if (connection?.id !== transportId || !connection.awaits(offerId)) return;
    const description = readRemoteDescription(sdp);
    try {
      for (const { participantId, kind } of await connection.answer(description)) this.#refuse(participantId, kind);
    } catch (error) {
      if (!connection.ended) this.#giveUp(connection, error);
      return;
    }
    this.#tellSubscribed();
    this.refresh();
  }

  /**
   * Offers new ICE credentials on the connection that is there: its client may have got another network. The streams
   * stay what they are. Another connection's id is late and passed over.
   */
  restartIce(transportId: string): void {
    if (this.#connection?.id !== transportId) return;
    this.#connection.askForRestart();
    this.refresh();
  }

  /** What the connection is estimated to carry, in bits per second; undefined without a connection or an estimate. */
  async estimatedBitrateBps(): Promise<number | undefined> {
    return this.#connection?.estimatedBitrateBps();
  }

  /** Those whom the client has streams of. */
  get publisherIds(): ReadonlySet<string> {
    return this.#subscribed;
  }

  /** What the connection carries; undefined without one. Asks the worker once. */
  async delivered(): Promise<DeliveredMedia | undefined> {
    return this.#connection?.delivered((participantId) => this.#options.publisher(participantId)?.audioBitrateBps ?? 0);
  }

  /** Tells once more what a client that was not reached for a while must know. */
  resend(): void {
    this.#connection?.resend();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wishes.clear();
    this.#connection?.close();
    this.emit('closed');
  }

  /** Applies how streams are wanted: that needs no offer, and waits for none. */
  async #choose(): Promise<void> {
    const connection = this.#connection;
    try {
      for (const stream of connection?.streams ?? []) {
        const wish = this.#wishes.get(stream.participantId);
        if (wish) await stream.choose(choiceOf(wish, stream.kind));
      }
    } catch (error) {
      if (!connection?.ended) this.#giveUp(connection, error);
    }
  }

  async #reconcile(): Promise<void> {
    if (this.#reconciling) return;
    this.#reconciling = true;
    while (this.#stale && !this.#closed && !this.#connection?.busy) {
      this.#stale = false;
      try {
        await this.#reconcileOnce();
      } catch (error) {
        this.#giveUp(this.#connection, error);
      }
    }
    this.#reconciling = false;
  }

  async #reconcileOnce(): Promise<void> {
    const consumers = this.#wantedStreams().length;
    if (!this.#connection && consumers === 0) return;
    const connection = this.#connection ?? (await this.#connect(consumers));
    if (!connection || connection.ended) return;
    const wanted = this.#wantedStreams();
    connection.resize(wanted.length);

    let changed = await connection.restartIceIfAsked();
    for (const stream of connection.streams) {
      if (wanted.some((one) => carries(stream, one))) continue;
      connection.remove(stream);
      changed = true;
    }
    for (const stream of wanted) {
      if (connection.streams.some((one) => carries(one, stream))) continue;
      if (await this.#add(connection, stream)) changed = true;
    }
    await this.#choose(); // what was chosen since the wish was read
    this.#tellSubscribed();
    if (changed && !connection.ended) connection.offer();
  }

  /** One that cannot be added takes nothing from the others. @returns whether it was added */
  async #add(connection: SubscriberConnection, stream: WantedStream): Promise<boolean> {
    try {
      await connection.add(stream, this.#decodable);
      return true;
    } catch (error) {
      this.#unserved.add(nameOf(stream));
      this.emit('unserved', stream.publisher.participantId, error as Error);
      this.refresh(); // it holds no place any more
      return false;
    }
  }

  #wantedStreams(): WantedStream[] {
    const wished = [...this.#wishes.values()].flatMap((wish) => {
      const publisher = this.#options.publisher(wish.participantId);
      if (!publisher || publisher.ended) return [];
      return publisher.kinds.flatMap((kind) => {
        const producer = publisher.producers.get(kind);
        const codec = publisher.codecs.get(kind);
        if (!wish.kinds.includes(kind) || !producer || producer.closed || !codec) return [];
        if (this.#unserved.has(nameOf({ publisher, kind }))) return [];
        return [{ publisher, kind, producer, codec, choice: choiceOf(wish, kind) }];
      });
    });
    this.#tellUndecodable(wished.filter(({ codec }) => !this.#decodable.has(codec)));
    const decodable = wished.filter(({ codec }) => this.#decodable.has(codec));
    // Who cannot connect holds no places that others could have.
    const offerable = this.#connection || this.#failures < MAXIMUM_FAILURES ? decodable : [];
    const admitted = this.#options.admit([...new Set(offerable.map(({ publisher }) => publisher.participantId))]);
    return offerable.filter(({ publisher }) => admitted.has(publisher.participantId));
  }

  #tellUndecodable(streams: readonly WantedStream[]): void {
    const told = this.#toldUndecodable;
    this.#toldUndecodable = new Set(streams.map(nameOf));
    for (const stream of streams) {
      if (!told.has(nameOf(stream))) this.emit('refused', stream.publisher.participantId, stream.kind);
    }
  }

  async #openTransport(consumers: number): Promise<{ lease: DeliveryLease; transport: ClientTransport }> {
    for (;;) {
      const lease = await this.#options.lease(consumers);
      try {
        return { lease, transport: await this.#options.createTransport(lease) };
      } catch (error) {
        lease.release();
        // A worker that dies meanwhile leaves others: the next lease is on one of them, or refused with the stage's end.
        if (!lease.router.closed) throw error;
      }
    }
  }

  async #connect(consumers: number): Promise<SubscriberConnection | undefined> {
    const { lease, transport } = await this.#openTransport(consumers);
    transport.once('ended', () => lease.release());
    // What was wished for, or who was there, may be gone by now.
    if (this.#closed || this.#wantedStreams().length === 0) {
      transport.close();
      return undefined;
    }
    const connection = new SubscriberConnection(lease, transport, this.#options);
    this.#connection = connection;
    this.#failures += 1;
    connection.on('offer', (offer) => this.emit('offer', offer));
    connection.on('layers', (report) => this.emit('layers', report));
    connection.once('connected', () => {
      this.#failures = 0;
      this.emit('connected');
    });
    connection.once('ended', (reason) => {
      if (this.#connection === connection) this.#connection = undefined;
      this.#tellSubscribed();
      this.emit('ended', reason);
      this.refresh(); // whoever still wants something is offered it anew
    });
    await connection.limit();
    return connection;
  }

  #refuse(participantId: string, refused: MediaKind): void {
    const wish = this.#wishes.get(participantId);
    if (wish) this.#wishes.set(participantId, { ...wish, kinds: wish.kinds.filter((kind) => kind !== refused) });
    this.emit('refused', participantId, refused);
  }

  /** Tells the difference between whom the client has streams of and whom it had. */
  #tellSubscribed(): void {
    const streams = this.#connection?.streams ?? [];
    const now = new Set(streams.flatMap(({ started, participantId }) => (started ? [participantId] : [])));
    const present = new Set(streams.map(({ participantId }) => participantId));
    for (const participantId of this.#subscribed) {
      if (present.has(participantId)) continue;
      this.#subscribed.delete(participantId);
      this.emit('unsubscribed', participantId);
    }
    for (const participantId of now) {
      if (this.#subscribed.has(participantId)) continue;
      this.#subscribed.add(participantId);
      this.emit('subscribed', participantId);
    }
  }

  #giveUp(connection: SubscriberConnection | undefined, error: unknown): void {
    connection?.close();
    this.emit('failed', error as Error);
  }
}

function nameOf({ publisher, kind }: Pick<WantedStream, 'publisher' | 'kind'>): string {
  return `${publisher.publishId} ${kind}`;
}

function choiceOf({ paused, preferredLayer, initialLayer, priority = 1 }: Wish, kind: MediaKind): StreamChoice {
  const startsHigh = initialLayer === 'HIGHEST';
  return { preferredLayer, startsHigh, priority, paused: paused?.includes(kind) ?? false };
}

function carries(stream: SentStream, { publisher, kind, producer }: WantedStream): boolean {
  return (
    !stream.closed &&
    stream.producerId === producer.id &&
    // A new producer is there a moment before its layers, and the publishId under which they are told.
    (kind === 'audio' || stream.publishId === publisher.publishId)
  );
}

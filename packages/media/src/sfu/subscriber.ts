import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { type CodecName, routerCodec } from '../webrtc/codecs.ts';
import { type MediaKind, type RemoteDescription, readRemoteDescription } from '../webrtc/remote-description.ts';
import { type OfferedSection, writeServerOffer } from '../webrtc/server-offer.ts';
import type { ClientTransport, EndReason } from './client-transport.ts';
import type { DeliveryLease } from './delivery.ts';
import type { Publisher } from './publisher.ts';

/** What a subscriber wants of one publisher. */
export interface Wish {
  readonly participantId: string;
  readonly kinds: readonly MediaKind[];
}

/** An offer on its way to the client, to be answered with the same `transportId` and `offerId`. */
export interface SubscriberOffer {
  readonly transportId: string;
  readonly offerId: number;
  readonly sdp: string;
  readonly tracks: readonly { readonly mid: string; readonly participantId: string; readonly kind: MediaKind }[];
}

export interface SubscriberEvents {
  offer: [offer: SubscriberOffer];
  /** The client answered, and something of this publisher is on its way. */
  subscribed: [participantId: string];
  unsubscribed: [participantId: string];
  /** The client cannot decode what this publisher sends. */
  refused: [participantId: string, kind: MediaKind];
  /** The connection ended; what is still wished for is offered anew. */
  ended: [reason: EndReason];
  /** Something of ours went wrong; the connection is given up. */
  failed: [error: Error];
  /** By close(), or because the stage's media is gone: it subscribes no more. */
  closed: [];
}

export interface SubscriberOptions {
  /** Takes a place for so many consumers. */
  readonly lease: (consumers: number) => Promise<DeliveryLease>;
  readonly createTransport: (lease: DeliveryLease) => Promise<ClientTransport>;
  readonly publisher: (participantId: string) => Publisher | undefined;
  readonly maximumBitrateBps: number;
  readonly answerTimeoutMs: number;
}

/** A section of the offer. Closed ones keep their place until a new stream takes it under a new mid (RFC 8829 §5.2.2). */
interface Slot {
  kind: MediaKind;
  mid: string;
  /** Its last stream was taken out by an offer that the client has answered. */
  reusable: boolean;
  stream: { readonly participantId: string; readonly publishId: string; readonly consumer: types.Consumer } | undefined;
}

/** A stream that is wished for, and is there. */
interface WantedStream {
  readonly publisher: Publisher;
  readonly kind: MediaKind;
  readonly producer: types.Producer;
  readonly codec: CodecName;
}

interface Connection {
  readonly lease: DeliveryLease;
  readonly transport: ClientTransport;
  readonly slots: Slot[];
  nextMid: number;
  offerId: number;
  /** The last offer, while its answer is awaited. */
  pending: { readonly offer: SubscriberOffer; readonly timer: NodeJS.Timeout; answered: boolean } | undefined;
  /** The client's fingerprint is known: it comes with the first answer and stays. */
  handshaking: boolean;
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
  #wishes = new Map<string, ReadonlySet<MediaKind>>();
  #decodable: ReadonlySet<CodecName> = new Set();
  #connection: Connection | undefined;
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
    this.#decodable = decodable;
    this.#wishes = new Map(wishes.map(({ participantId, kinds }) => [participantId, new Set(kinds)]));
    if (this.#wishes.size === 0) this.#connection?.transport.close();
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
    if (!connection || connection.transport.id !== transportId) return;
    const { pending } = connection;
    if (pending?.offer.offerId !== offerId || pending.answered) return;
    const description = readRemoteDescription(sdp);
    pending.answered = true;
    clearTimeout(pending.timer);
    try {
      await this.#apply(connection, description);
    } catch (error) {
      if (!connection.transport.ended) this.#giveUp(connection, error);
      return;
    }
    // Until here the offer counts as under way: nothing else touches the connection.
    connection.pending = undefined;
    this.#tellSubscribed();
    this.refresh();
  }

  async #apply(connection: Connection, { dtlsParameters, sections }: RemoteDescription): Promise<void> {
    if (!connection.handshaking) {
      connection.handshaking = true;
      await connection.transport.connect(dtlsParameters);
    }
    for (const slot of connection.slots) {
      slot.reusable = !slot.stream;
      if (!slot.stream) continue;
      const section = sections.find(({ mid }) => mid === slot.mid);
      if (section?.offered && section.direction !== 'inactive') await resume(slot.stream.consumer);
      else this.#refuse(slot);
    }
  }

  /** What the connection is estimated to carry, in bits per second; undefined without a connection or an estimate. */
  async estimatedBitrateBps(): Promise<number | undefined> {
    const [stats] = (await this.#connection?.transport.transport.getStats()) ?? [];
    return stats?.availableOutgoingBitrate;
  }

  /** Offers once more what is under way: the client came back by another way of signalling. */
  resend(): void {
    const pending = this.#connection?.pending;
    if (pending && !pending.answered) this.emit('offer', pending.offer);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wishes.clear();
    this.#connection?.transport.close();
    this.emit('closed');
  }

  async #reconcile(): Promise<void> {
    if (this.#reconciling) return;
    this.#reconciling = true;
    while (this.#stale && !this.#closed && !this.#connection?.pending) {
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
    const wanted = this.#wantedStreams();
    const connects = wanted.length > 0 && this.#failures < MAXIMUM_FAILURES;
    if (!this.#connection && !connects) return;
    const connection = this.#connection ?? (await this.#connect(wanted.length));
    if (!connection || connection.transport.ended) return;
    connection.lease.resize(wanted.length);

    let changed = false;
    for (const slot of connection.slots) {
      if (!slot.stream || wanted.some((stream) => carries(slot, stream))) continue;
      slot.stream.consumer.close();
      slot.stream = undefined;
      changed = true;
    }
    for (const stream of wanted) {
      if (connection.slots.some((slot) => carries(slot, stream))) continue;
      await this.#addStream(connection, stream);
      changed = true;
    }
    this.#tellSubscribed();
    if (changed && !connection.transport.ended) this.#offer(connection);
  }

  #wantedStreams(): WantedStream[] {
    const wished = [...this.#wishes].flatMap(([participantId, kinds]) => {
      const publisher = this.#options.publisher(participantId);
      if (!publisher || publisher.ended) return [];
      return publisher.kinds.flatMap((kind) => {
        const producer = publisher.producers.get(kind);
        const codec = publisher.codecs.get(kind);
        if (!kinds.has(kind) || !producer || producer.closed || !codec) return [];
        return [{ publisher, kind, producer, codec }];
      });
    });
    this.#tellUndecodable(wished.filter(({ codec }) => !this.#decodable.has(codec)));
    return wished.filter(({ codec }) => this.#decodable.has(codec));
  }

  #tellUndecodable(streams: readonly WantedStream[]): void {
    const told = this.#toldUndecodable;
    this.#toldUndecodable = new Set(streams.map(({ publisher, kind }) => `${publisher.publishId} ${kind}`));
    for (const { publisher, kind } of streams) {
      if (!told.has(`${publisher.publishId} ${kind}`)) this.emit('refused', publisher.participantId, kind);
    }
  }

  async #connect(consumers: number): Promise<Connection | undefined> {
    const lease = await this.#options.lease(consumers);
    const transport = await this.#options.createTransport(lease).catch((error) => {
      lease.release();
      throw error;
    });
    transport.once('ended', () => lease.release());
    if (this.#closed) {
      transport.close();
      return undefined;
    }
    const connection: Connection = {
      lease,
      transport,
      slots: [],
      nextMid: 0,
      offerId: 0,
      pending: undefined,
      handshaking: false,
    };
    this.#connection = connection;
    transport.once('connected', () => {
      this.#failures = 0;
    });
    this.#failures += 1;
    transport.once('ended', (reason) => {
      if (connection.pending) clearTimeout(connection.pending.timer);
      if (this.#connection === connection) this.#connection = undefined;
      for (const slot of connection.slots) slot.stream = undefined;
      this.#tellSubscribed();
      this.emit('ended', reason);
      this.refresh(); // whoever still wants something is offered it anew
    });
    await transport.transport.setMaxOutgoingBitrate(this.#options.maximumBitrateBps);
    return connection;
  }

  async #addStream(connection: Connection, { publisher, kind, producer }: WantedStream): Promise<void> {
    const { lease, transport } = connection;
    const mid = String(connection.nextMid++);
    const consume = async () => {
      const { id } = await lease.pipe(producer);
      const rtpCapabilities = this.#capabilities(lease);
      return transport.transport.consume({ producerId: id, rtpCapabilities, mid, paused: true });
    };
    const consumer = await consume().catch(unless(() => producer.closed));
    if (!consumer) return;
    const stream = { participantId: publisher.participantId, publishId: publisher.publishId, consumer };
    const free = connection.slots.find((slot) => slot.reusable);
    if (free) Object.assign(free, { kind, mid, stream, reusable: false });
    else connection.slots.push({ kind, mid, stream, reusable: false });
    // A publisher that ends closes its streams; the stage calls refresh(), which frees the slot.
  }

  #capabilities({ router }: DeliveryLease): types.RtpCapabilities {
    const mimeTypes = new Set([...this.#decodable].map((name) => routerCodec(name).mimeType.toLowerCase()));
    const { codecs = [], headerExtensions = [] } = router.rtpCapabilities;
    return {
      codecs: codecs.filter(({ mimeType }) => mimeTypes.has(mimeType.toLowerCase()) || mimeType === 'video/rtx'),
      headerExtensions,
    };
  }

  #offer(connection: Connection): void {
    const { lease, transport, slots } = connection;
    const offerId = ++connection.offerId;
    const sections = slots.map(
      ({ kind, mid, stream }): OfferedSection => ({
        kind,
        mid,
        stream: stream && { participantId: stream.participantId, rtpParameters: stream.consumer.rtpParameters },
      }),
    );
    const timer = setTimeout(() => transport.close(), this.#options.answerTimeoutMs);
    const offer: SubscriberOffer = {
      transportId: transport.id,
      offerId,
      sdp: writeServerOffer(transport.local, '1', offerId, lease.router.rtpCapabilities, sections),
      tracks: slots.flatMap(({ kind, mid, stream }) =>
        stream ? [{ mid, participantId: stream.participantId, kind }] : [],
      ),
    };
    connection.pending = { offer, timer, answered: false };
    this.emit('offer', offer);
  }

  #refuse(slot: Slot): void {
    if (!slot.stream) return;
    const { participantId, consumer } = slot.stream;
    consumer.close();
    slot.stream = undefined;
    const kinds = this.#wishes.get(participantId);
    if (kinds) this.#wishes.set(participantId, new Set([...kinds].filter((kind) => kind !== slot.kind)));
    this.emit('refused', participantId, slot.kind);
  }

  /** Tells the difference between whom the client has streams of and whom it had. */
  #tellSubscribed(): void {
    const streams = this.#connection?.slots.flatMap(({ stream }) => (stream ? [stream] : [])) ?? [];
    const now = new Set(
      streams.flatMap(({ consumer, participantId }) => (consumer.closed || consumer.paused ? [] : [participantId])),
    );
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

  #giveUp(connection: Connection | undefined, error: unknown): void {
    connection?.transport.close();
    this.emit('failed', error as Error);
  }
}

/** A stream whose publisher stops meanwhile needs nothing: the stage calls refresh(). */
async function resume(consumer: types.Consumer): Promise<void> {
  if (!consumer.closed) await consumer.resume().catch(unless(() => consumer.closed));
}

/** Passes an error on, unless it is what happens to something that has ended. */
function unless(ended: () => boolean): (error: unknown) => undefined {
  return (error) => {
    if (!ended()) throw error;
  };
}

function carries(slot: Slot, stream: WantedStream): boolean {
  return (
    slot.kind === stream.kind &&
    slot.stream?.participantId === stream.publisher.participantId &&
    slot.stream.publishId === stream.publisher.publishId &&
    !slot.stream.consumer.closed
  );
}

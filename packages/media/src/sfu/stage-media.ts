import { EventEmitter } from 'node:events';
import { MediaRefusal } from '../refusal.ts';
import { readPublishOffer } from '../webrtc/publish.ts';
import { readSubscribeOffer } from '../webrtc/subscribe.ts';
import { AudioLevels } from './audio-levels.ts';
import { ClientTransport, type ClientTransportOptions, type SignOfLife } from './client-transport.ts';
import { type DeliveryOptions, type DeliveryRouterDump, DeliveryRouters, OWN_SIGNATURE } from './delivery.ts';
import type { PlacedRouter } from './delivery-router.ts';
import { IngestPublisher } from './ingest-publisher.ts';
import type { IngestSource } from './ingest-source.ts';
import { LossDrivenLayers } from './layers/loss-driven-layers.ts';
import type { MediaWorker } from './media-worker.ts';
import type { Publication } from './publication.ts';
import { Publisher } from './publisher.ts';
import { Replica } from './replica.ts';
import { type AdmitPublishers, Subscriber } from './subscriber.ts';
import { Subscription } from './subscription.ts';
import { WhipPublisher } from './whip-publisher.ts';

export interface StageMediaOptions extends ClientTransportOptions, DeliveryOptions {
  /** Most that a publisher may send, all streams together; Infinity: unlimited. Senders are slowed to it by feedback. */
  readonly publishBitrateBps: number;
  /** Most that one subscriber's connection carries; Infinity: unlimited. */
  readonly subscribeBitrateBps: number;
  /** How long our own client may take to answer an offer. */
  readonly answerTimeoutMs: number;
}

export interface StageMediaEvents {
  /** The stage's media is gone: closed by us, or its worker died. */
  closed: [];
}

export interface StageMediaDump {
  /** Process id of the worker to which its publishers send. */
  readonly workerPid: number;
  /** Participant ids, those of replicas among them, and of those that nobody can receive. */
  readonly publishers: readonly string[];
  /** How many receive by the server's offer. */
  readonly subscribers: number;
  /** From which it is received, the origin first. */
  readonly routers: readonly DeliveryRouterDump[];
}

/** The bandwidth estimate begins here: enough for one good picture, not enough to flood a slow line. */
const INITIAL_OUTGOING_BITRATE_BPS = 1_000_000;

/** The media of one stage: who sends into it, and who receives from it. Knows participants by id only. */
export class StageMedia extends EventEmitter<StageMediaEvents> {
  /** How loud its publishers are, and who of them speaks. */
  readonly audioLevels: AudioLevels;
  /** The router to which publishers send. */
  readonly #origin: PlacedRouter;
  readonly #delivery: DeliveryRouters;
  readonly #options: StageMediaOptions;
  /** Replicas among them. */
  readonly #publishers = new Map<string, Publication>();
  /** Those that nobody in the stage can receive. */
  readonly #unseen = new Map<string, IngestPublisher>();
  readonly #subscribers = new Set<Subscriber>();
  /** Layers of those who subscribe by their own offers, and how many connections they have or are about to, by who they are. */
  readonly #lossDriven = new Map<string, { readonly layers: LossDrivenLayers; connections: number }>();
  #publishes = 0;

  private constructor(origin: PlacedRouter, options: StageMediaOptions) {
    super();
    this.#origin = origin;
    this.#delivery = new DeliveryRouters(origin, options);
    this.#delivery.on('pipebroken', () => this.#refreshSubscribers());
    this.#options = options;
    const { worker, router } = origin;
    this.audioLevels = new AudioLevels(router);
    worker.stages += 1;
    router.observer.once('close', () => {
      worker.stages -= 1;
      for (const subscriber of this.#subscribers) subscriber.close();
      this.#subscribers.clear();
      this.emit('closed');
    });
  }

  static async create(worker: MediaWorker, options: StageMediaOptions): Promise<StageMedia> {
    const { mediaCodecs } = OWN_SIGNATURE;
    return new StageMedia({ worker, router: await worker.worker.createRouter({ mediaCodecs }) }, options);
  }

  get closed(): boolean {
    return this.#origin.router.closed;
  }

  /** Undefined for a replica. */
  publisher(participantId: string): Publisher | undefined {
    const publication = this.#publishers.get(participantId) ?? this.#unseen.get(participantId);
    return publication instanceof Publisher ? publication : undefined;
  }

  /**
   * Takes a publisher's offer (WHIP). An earlier publish of the same participant ends.
   *
   * @param offer SDP
   * @throws {MediaRefusal} `BROKEN_OFFER`, `NO_VIDEO_SECTION`, `CODEC_MISMATCH`, `UNAVAILABLE`
   */
  async publish(participantId: string, offer: string): Promise<WhipPublisher> {
    const read = readPublishOffer(offer, this.#origin.router.rtpCapabilities);
    const identity = { participantId, publishId: this.#newPublishId() };
    const transport = await this.#createTransport(this.#origin, 'packets');
    const publisher = await WhipPublisher.create(
      identity,
      read,
      transport,
      this.#origin,
      this.#options.publishBitrateBps,
    ).catch((error) => this.#refuse(error));
    this.#add(publisher);
    return publisher;
  }

  /**
   * Takes the streams of an encoder's connection. An earlier publish of the same participant ends.
   *
   * @param source belongs to the publisher from now on, also when this throws
   * @throws {MediaRefusal} `UNAVAILABLE`
   */
  async ingest(participantId: string, source: IngestSource): Promise<IngestPublisher> {
    const publisher = await this.#takeSource(participantId, source);
    this.#add(publisher);
    return publisher;
  }

  /**
   * The same, of what nobody in the stage can receive: only those who are handed the publisher can. An earlier one of the same
   * participant ends.
   *
   * @param source as above
   * @throws {MediaRefusal} `UNAVAILABLE`
   */
  async ingestUnseen(participantId: string, source: IngestSource): Promise<IngestPublisher> {
    const publisher = await this.#takeSource(participantId, source);
    this.#unseen.get(participantId)?.close();
    this.#unseen.set(participantId, publisher);
    publisher.once('ended', () => {
      if (this.#unseen.get(participantId) === publisher) this.#unseen.delete(participantId);
    });
    return publisher;
  }

  /**
   * Shows a publisher of another stage here, until its publish ends or the replica is closed.
   *
   * @throws {MediaRefusal} `PUBLISHER_NOT_FOUND`, `UNAVAILABLE`
   */
  async replicate(source: Publisher): Promise<Replica> {
    const replica = await Replica.create(this.#newPublishId(), source, this.#origin).catch(() => {
      if (source.ended) throw new MediaRefusal('PUBLISHER_NOT_FOUND', 'The publisher has stopped');
      throw new MediaRefusal('UNAVAILABLE', 'The streams of the publisher cannot be copied');
    });
    this.#add(replica);
    this.#refreshSubscribers();
    return replica;
  }

  /**
   * Takes a subscriber's offer for one publisher.
   *
   * @param subscriberId who subscribes
   * @param offer SDP
   * @throws {MediaRefusal} `PUBLISHER_NOT_FOUND`, `BROKEN_OFFER`, `CODEC_MISMATCH`, `UNAVAILABLE`
   */
  async subscribe(subscriberId: string, publisherId: string, offer: string): Promise<Subscription> {
    const publisher = this.#publishers.get(publisherId);
    if (!publisher || publisher.ended) {
      throw new MediaRefusal('PUBLISHER_NOT_FOUND', 'No such participant is publishing');
    }
    const read = readSubscribeOffer(offer, publisher.codecs);
    const consumers = read.streams.length;
    const lease = await this.#delivery
      .lease(read.signature, consumers, subscriberId)
      .catch((error) => this.#refuse(error));
    const transport = await this.#createTransport(lease, 'packets').catch((error) => {
      lease.release();
      throw error;
    });
    const lossDriven = this.#lossDrivenLayers(subscriberId, transport);
    return Subscription.create(publisher, read, transport, lease, lossDriven, '1').catch((error) =>
      this.#refuse(error, lease),
    );
  }

  /** A subscriber to whom the server offers. The caller closes it. @param admit default all */
  createSubscriber(admit: AdmitPublishers = (publisherIds) => new Set(publisherIds)): Subscriber {
    const subscriber = new Subscriber({
      lease: (consumers) => this.#delivery.leaseOwn(consumers).catch((error) => this.#refuse(error)),
      createTransport: (lease) => this.#createTransport(lease, 'consentChecks', INITIAL_OUTGOING_BITRATE_BPS),
      publisher: (participantId) => this.#publishers.get(participantId),
      admit,
      maximumBitrateBps: this.#options.subscribeBitrateBps,
      answerTimeoutMs: this.#options.answerTimeoutMs,
    });
    this.#subscribers.add(subscriber);
    return subscriber;
  }

  removeSubscriber(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    subscriber.close();
  }

  async dump(): Promise<StageMediaDump> {
    return {
      workerPid: this.#origin.worker.worker.pid,
      publishers: [...this.#publishers.keys(), ...this.#unseen.keys()],
      subscribers: this.#subscribers.size,
      routers: await this.#delivery.dump(),
    };
  }

  /** Ends everything. Publishers, subscriptions and subscribers tell their ends. */
  close(): void {
    // Subscribers first: nobody is to be told of each publisher's end when all end.
    for (const subscriber of this.#subscribers) subscriber.close();
    for (const publisher of [...this.#publishers.values(), ...this.#unseen.values()]) publisher.close();
    this.#origin.router.close();
  }

  #takeSource(participantId: string, source: IngestSource): Promise<IngestPublisher> {
    const identity = { participantId, publishId: this.#newPublishId() };
    return IngestPublisher.create(identity, source, this.#origin).catch((cause) => {
      throw new MediaRefusal('UNAVAILABLE', 'The streams of the encoder cannot be taken', { cause });
    });
  }

  /** An earlier publication of the same participant ends. */
  #add(publication: Publication): void {
    const { participantId } = publication;
    this.#publishers.get(participantId)?.close();
    this.#publishers.set(participantId, publication);
    const listen = () => {
      const producer = publication.producers.get('audio');
      if (producer && publication.kinds.includes('audio')) this.audioLevels.add(participantId, producer);
    };
    listen();
    publication.on('media', (kind) => {
      if (kind === 'audio') listen();
      this.#refreshSubscribers();
    });
    publication.on('remade', () => this.#refreshSubscribers());
    publication.once('ended', () => {
      if (this.#publishers.get(participantId) === publication) this.#publishers.delete(participantId);
      this.#refreshSubscribers();
    });
  }

  #newPublishId(): string {
    return `${Date.now().toString(36)}-${++this.#publishes}`;
  }

  /** The one of all connections of a subscriber, as long as there is any. */
  #lossDrivenLayers(subscriberId: string, transport: ClientTransport): LossDrivenLayers {
    const layers = new LossDrivenLayers(this.#options.subscribeBitrateBps);
    const held = this.#lossDriven.get(subscriberId) ?? { layers, connections: 0 };
    this.#lossDriven.set(subscriberId, held);
    held.connections += 1;
    transport.once('ended', () => {
      held.connections -= 1;
      if (held.connections === 0) this.#lossDriven.delete(subscriberId);
    });
    return held.layers;
  }

  #createTransport(
    place: PlacedRouter,
    signOfLife: SignOfLife,
    initialOutgoingBitrateBps?: number,
  ): Promise<ClientTransport> {
    return ClientTransport.create(place, signOfLife, {
      ...this.#options,
      ...(initialOutgoingBitrateBps === undefined ? {} : { initialOutgoingBitrateBps }),
    }).catch((error) => this.#refuse(error, place));
  }

  /** What the library throws here is either that a worker is gone, or that it takes no such parameters from a client. */
  #refuse(error: unknown, { router } = this.#origin): never {
    if (error instanceof MediaRefusal) throw error;
    if (this.closed || router.closed) throw new MediaRefusal('UNAVAILABLE', 'The media worker is gone');
    throw new MediaRefusal('BROKEN_OFFER', 'The session description asks for something that cannot be set up');
  }

  #refreshSubscribers(): void {
    for (const subscriber of this.#subscribers) subscriber.refresh();
  }
}

import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { MediaRefusal } from '../refusal.ts';
import { routerCodec } from '../webrtc/codecs.ts';
import { readPublishOffer } from '../webrtc/publish.ts';
import { readSubscribeOffer } from '../webrtc/subscribe.ts';
import { AudioLevels } from './audio-levels.ts';
import { ClientTransport, type ClientTransportOptions } from './client-transport.ts';
import { DeliveryRouters } from './delivery.ts';
import type { MediaWorker } from './media-worker.ts';
import { Publisher } from './publisher.ts';
import { Subscriber } from './subscriber.ts';
import { Subscription } from './subscription.ts';

export interface StageMediaOptions extends ClientTransportOptions {
  /** Most that a publisher may send, all streams together. Senders are slowed to it by feedback. */
  readonly publishBitrateBps: number;
  /** Most that one subscriber's connection carries. */
  readonly subscribeBitrateBps: number;
  /** How long our own client may take to answer an offer. */
  readonly answerTimeoutMs: number;
}

export interface StageMediaEvents {
  /** The stage's media is gone: closed by us, or its worker died. */
  closed: [];
}

/** The bandwidth estimate begins here: enough for one good picture, not enough to flood a slow line. */
const INITIAL_OUTGOING_BITRATE_BPS = 1_000_000;

/** The media of one stage: who sends into it, and who receives from it. Knows participants by id only. */
export class StageMedia extends EventEmitter<StageMediaEvents> {
  /** How loud its publishers are, and who of them speaks. */
  readonly audioLevels: AudioLevels;
  readonly #worker: MediaWorker;
  readonly #router: types.Router;
  readonly #delivery: DeliveryRouters;
  readonly #options: StageMediaOptions;
  readonly #publishers = new Map<string, Publisher>();
  readonly #subscribers = new Set<Subscriber>();
  #publishes = 0;

  private constructor(worker: MediaWorker, router: types.Router, options: StageMediaOptions) {
    super();
    this.#worker = worker;
    this.#router = router;
    this.#delivery = new DeliveryRouters(worker.worker, router);
    this.#options = options;
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
    const mediaCodecs = [routerCodec('opus'), routerCodec('h264'), routerCodec('vp8')];
    return new StageMedia(worker, await worker.worker.createRouter({ mediaCodecs }), options);
  }

  get closed(): boolean {
    return this.#router.closed;
  }

  publisher(participantId: string): Publisher | undefined {
    return this.#publishers.get(participantId);
  }

  /**
   * Takes a publisher's offer (WHIP). An earlier publish of the same participant ends.
   *
   * @param offer SDP
   * @throws {MediaRefusal} `BROKEN_OFFER`, `NO_VIDEO_SECTION`, `CODEC_MISMATCH`, `UNAVAILABLE`
   */
  async publish(participantId: string, offer: string): Promise<Publisher> {
    const read = readPublishOffer(offer, this.#router.rtpCapabilities);
    const identity = { participantId, publishId: `${Date.now().toString(36)}-${++this.#publishes}` };
    const transport = await this.#createTransport();
    const publisher = await Publisher.create(
      identity,
      read,
      transport,
      this.#router,
      this.#options.publishBitrateBps,
    ).catch((error) => this.#refuse(error));
    this.#publishers.get(participantId)?.close();
    this.#publishers.set(participantId, publisher);
    publisher.on('media', (kind) => {
      const producer = publisher.producers.get(kind);
      if (kind === 'audio' && producer) this.audioLevels.add(participantId, producer);
      this.#refreshSubscribers();
    });
    publisher.once('ended', () => {
      if (this.#publishers.get(participantId) === publisher) this.#publishers.delete(participantId);
      this.#refreshSubscribers();
    });
    return publisher;
  }

  /**
   * Takes a subscriber's offer for one publisher.
   *
   * @param offer SDP
   * @throws {MediaRefusal} `PUBLISHER_NOT_FOUND`, `BROKEN_OFFER`, `CODEC_MISMATCH`, `UNAVAILABLE`
   */
  async subscribe(publisherId: string, offer: string): Promise<Subscription> {
    const publisher = this.#publishers.get(publisherId);
    if (!publisher || publisher.ended) {
      throw new MediaRefusal('PUBLISHER_NOT_FOUND', 'No such participant is publishing');
    }
    const read = readSubscribeOffer(offer, publisher.codecs);
    const lease = await this.#delivery.lease(read.signature).catch((error) => this.#refuse(error));
    const transport = await ClientTransport.create(lease.router, this.#worker.webRtcServer, this.#options).catch(
      (error) => {
        lease.release();
        return this.#refuse(error);
      },
    );
    return Subscription.create(publisher, read, transport, lease, '1').catch((error) => this.#refuse(error));
  }

  /** A subscriber to whom the server offers. The caller closes it. */
  createSubscriber(): Subscriber {
    const subscriber = new Subscriber({
      createTransport: () => this.#createTransport(INITIAL_OUTGOING_BITRATE_BPS),
      router: this.#router,
      publisher: (participantId) => this.#publishers.get(participantId),
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

  /** Ends everything. Publishers, subscriptions and subscribers tell their ends. */
  close(): void {
    // Subscribers first: nobody is to be told of each publisher's end when all end.
    for (const subscriber of this.#subscribers) subscriber.close();
    for (const publisher of this.#publishers.values()) publisher.close();
    this.#router.close();
  }

  #createTransport(initialOutgoingBitrateBps?: number): Promise<ClientTransport> {
    return ClientTransport.create(this.#router, this.#worker.webRtcServer, {
      ...this.#options,
      ...(initialOutgoingBitrateBps === undefined ? {} : { initialOutgoingBitrateBps }),
    }).catch((error) => this.#refuse(error));
  }

  /** What the library throws here is either that a worker is gone, or that it takes no such parameters from a client. */
  #refuse(error: unknown): never {
    if (error instanceof MediaRefusal) throw error;
    if (this.closed) throw new MediaRefusal('UNAVAILABLE', 'The media worker is gone');
    throw new MediaRefusal('BROKEN_OFFER', 'The session description asks for something that cannot be set up');
  }

  #refreshSubscribers(): void {
    for (const subscriber of this.#subscribers) subscriber.refresh();
  }
}

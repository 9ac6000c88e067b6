import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { MediaRefusal } from '../refusal.ts';
import type { SubscribeOffer } from '../webrtc/subscribe.ts';
import type { ClientTransport, EndReason } from './client-transport.ts';
import { type DeliveredMedia, deliveredBy } from './delivered-media.ts';
import type { DeliveryLease } from './delivery.ts';
import { IceSession } from './ice-session.ts';
import type { LossDrivenLayers } from './layers/loss-driven-layers.ts';
import { lowestComes } from './layers/lowest-layer.ts';
import type { Publication } from './publication.ts';

export interface SubscriptionEvents {
  connected: [];
  /** `publisherEnded`: the publisher stopped, or is to be subscribed to anew; otherwise the subscriber's own connection ended. */
  ended: [reason: EndReason | 'publisherEnded'];
}

/** One subscriber's connection to one publisher, negotiated by the subscriber's offer. */
export class Subscription extends EventEmitter<SubscriptionEvents> {
  readonly publisherId: string;
  /** The SDP answer for the client. */
  readonly answer: string;
  readonly ice: IceSession;
  readonly #transport: ClientTransport;
  readonly #consumers: readonly types.Consumer[];
  #publisherEnded = false;

  private constructor(
    publisher: Publication,
    answer: string,
    ice: IceSession,
    transport: ClientTransport,
    consumers: readonly types.Consumer[],
    lease: DeliveryLease,
  ) {
    super();
    this.publisherId = publisher.participantId;
    this.answer = answer;
    this.ice = ice;
    this.#transport = transport;
    this.#consumers = consumers;
    const stop = () => {
      this.#publisherEnded = true;
      transport.close();
    };
    publisher.once('ended', stop);
    publisher.once('remade', stop);
    transport.once('connected', () => this.emit('connected'));
    transport.once('ended', (reason) => {
      publisher.off('ended', stop);
      publisher.off('remade', stop);
      lease.release();
      this.emit('ended', this.#publisherEnded ? 'publisherEnded' : reason);
    });
  }

  /**
   * @param transport and `lease` belong to the subscription from now on, also when this throws
   * @param lossDriven chooses the layers of all that the subscriber receives in this way
   */
  static async create(
    publisher: Publication,
    offer: SubscribeOffer,
    transport: ClientTransport,
    lease: DeliveryLease,
    lossDriven: LossDrivenLayers,
    sessionId: string,
  ): Promise<Subscription> {
    const { publishId } = publisher;
    const taken: types.Producer[] = [];
    const stopped = () =>
      publisher.ended || publisher.publishId !== publishId || taken.some((producer) => producer.closed);
    try {
      const sent = new Map<string, types.RtpParameters>();
      const starts: (() => Promise<void>)[] = [];
      const consumers: types.Consumer[] = [];
      for (const { kind, mid, capabilities, repairs } of offer.streams) {
        const producer = publisher.producers.get(kind);
        if (!producer) continue;
        taken.push(producer);
        const piped = await lease.pipe(producer);
        const consumer = await transport.transport.consume({
          producerId: piped.id,
          rtpCapabilities: capabilities,
          enableRtx: repairs,
          mid,
          paused: true,
        });
        if (transport.ended || piped.closed) {
          consumer.close(); // what is made too late does not close by itself
          throw new MediaRefusal('UNAVAILABLE', 'The stream ended on its way while it was subscribed to');
        }
        consumers.push(consumer);
        // A stream that breaks on its way here cannot be put back under the same answer.
        consumer.once('producerclose', () => transport.close());
        const layers = kind === 'video' ? publisher.layers : undefined;
        await lossDriven.add(consumer, layers);
        sent.set(mid, consumer.rtpParameters);
        // A consumer that resumes asks the publisher for a key frame; packets wait until the connection is up.
        starts.push(async () => {
          if (layers) await lowestComes(piped, layers);
          await consumer.resume();
        });
      }
      await transport.connect(offer.dtlsParameters);
      const answer = offer.answer(transport.local, sessionId, publisher.participantId, sent);
      await Promise.all(starts.map((start) => start()));
      if (stopped() || transport.ended) throw new Error('the subscription ended while it began');
      return new Subscription(publisher, answer, new IceSession(transport, offer.ice), transport, consumers, lease);
    } catch (error) {
      transport.close();
      lease.release();
      // Whatever went wrong then is a consequence.
      if (stopped()) throw new MediaRefusal('PUBLISHER_NOT_FOUND', 'The publisher has stopped');
      throw error;
    }
  }

  get ended(): boolean {
    return this.#transport.ended;
  }

  /** What it carries. Asks the worker once for each stream. */
  delivered(): Promise<DeliveredMedia> {
    return deliveredBy(this.#consumers);
  }

  close(): void {
    this.#transport.close();
  }
}

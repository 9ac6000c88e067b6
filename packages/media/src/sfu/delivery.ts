import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { MediaRefusal } from '../refusal.ts';
import { routerCodec } from '../webrtc/codecs.ts';
import type { DeliverySignature } from '../webrtc/delivery-signature.ts';
import { DeliveryRouter, type PlacedRouter } from './delivery-router.ts';
import type { MediaWorker } from './media-worker.ts';
import { placeLease } from './placement.ts';

/** A receiver's hold on a router from which it is served. The router lives while somebody holds it. */
export interface DeliveryLease extends PlacedRouter {
  /** Brings a stream of the origin here: once, however many ask. */
  pipe(stream: types.Producer): Promise<types.Producer>;
  /** Tells how many consumers the holder has or is about to have. */
  resize(consumers: number): void;
  /** Does nothing the second time. */
  release(): void;
}

export interface DeliveryRoutersEvents {
  /** The copy of a stream ended before the stream: who receives it is to ask for another one. */
  pipebroken: [];
}

export interface DeliveryOptions {
  /** The living workers. */
  readonly workers: () => readonly MediaWorker[];
  /** How many consumers, of all stages together, a worker carries before others are placed elsewhere. */
  readonly consumersPerWorker: number;
}

/** The numbers that a stage's routers send under where we choose them: to our own client. */
export const OWN_SIGNATURE: DeliverySignature = {
  key: 'own',
  mediaCodecs: [routerCodec('opus'), routerCodec('h264'), routerCodec('vp8')],
};

/** Browsers and players need a handful; clients that make up payload types get no more than this out of a stage. */
export const MAXIMUM_SIGNATURES = 32;
/** A browser asks for as many as its publishers differ in codecs. */
export const MAXIMUM_SIGNATURES_PER_RECEIVER = 8;

export interface DeliveryRouterDump {
  readonly id: string;
  readonly workerPid: number;
  /** The payload types under which it sends. */
  readonly signature: string;
  /** How many receivers hold it. */
  readonly leases: number;
  /** Streams, as its worker tells: publishers' own ones or copies. */
  readonly producers: number;
  /** As its worker tells: receivers' ones, pipes to other routers, and looks into streams. */
  readonly consumers: number;
}

/** The stage itself holds its origin. */
const ORIGIN_LEASES = 1;

/** A router that is open or about to be. */
interface Delivery {
  readonly worker: MediaWorker;
  readonly key: string;
  readonly opening: Promise<PlacedRouter & Pick<DeliveryLease, 'pipe'>>;
  /** Not set for the origin, which is not ours to close. */
  opened: DeliveryRouter | undefined;
  leases: number;
}

/**
 * The routers from which a stage is received: one for each worker and signature in use. On the stage's own worker the
 * origin serves the own signature itself, all others are fed from it by pipes (docs/adr/0002-delivery-routers.md,
 * docs/adr/0010-spread.md).
 */
export class DeliveryRouters extends EventEmitter<DeliveryRoutersEvents> {
  readonly #origin: PlacedRouter;
  readonly #options: DeliveryOptions;
  /** The origin first, which nobody needs to hold, then in the order in which they were opened. */
  readonly #deliveries = new Set<Delivery>();
  /** The signatures that each receiver holds, one for each lease. */
  readonly #held = new Map<string, string[]>();

  constructor(origin: PlacedRouter, options: DeliveryOptions) {
    super();
    this.#origin = origin;
    this.#options = options;
    const { worker, router } = origin;
    const opening = Promise.resolve({ worker, router, pipe: async (stream: types.Producer) => stream });
    this.#deliveries.add({ worker, key: OWN_SIGNATURE.key, opening, opened: undefined, leases: ORIGIN_LEASES });
    router.observer.once('close', () => this.#closeAll());
  }

  /** Takes a place on a router under our own payload types, and room for so many consumers on its worker. */
  leaseOwn(consumers: number): Promise<DeliveryLease> {
    return this.#lease(OWN_SIGNATURE, consumers);
  }

  /**
   * Takes a place under the payload types that a receiver chose.
   *
   * @throws {MediaRefusal} `UNAVAILABLE` when there are too many signatures in use for one more
   */
  async lease(signature: DeliverySignature, consumers: number, receiver: string): Promise<DeliveryLease> {
    this.#admit(signature, receiver);
    return this.#lease(signature, consumers, receiver);
  }

  async #lease(signature: DeliverySignature, consumers: number, receiver?: string): Promise<DeliveryLease> {
    for (;;) {
      const worker = this.#place(consumers);
      const delivery = this.#delivery(worker, signature);
      const release = this.#hold(delivery, receiver);
      const share = worker.load.take(consumers);
      const end = () => {
        share.release();
        release();
      };
      try {
        const source = await delivery.opening;
        const { router } = source;
        if (!router.closed) {
          return { worker, router, pipe: (stream) => source.pipe(stream), resize: share.resize, release: end };
        }
      } catch (error) {
        if (worker.alive) {
          end();
          throw error;
        }
      }
      // Its worker died meanwhile: another one takes its place.
      end();
    }
  }

  async dump(): Promise<DeliveryRouterDump[]> {
    const dumps = [...this.#deliveries].map(async ({ key, worker, leases, opening }) => {
      const { router } = await opening;
      const { id, mapProducerIdConsumerIds, mapConsumerIdProducerId } = await router.dump();
      return {
        id,
        workerPid: worker.worker.pid,
        signature: key,
        leases: router === this.#origin.router ? leases - ORIGIN_LEASES : leases,
        producers: mapProducerIdConsumerIds.length,
        consumers: mapConsumerIdProducerId.length,
      };
    });
    // What closes meanwhile is no longer there.
    return (await Promise.allSettled(dumps)).flatMap((dump) => (dump.status === 'fulfilled' ? [dump.value] : []));
  }

  #admit({ key }: DeliverySignature, receiver: string): void {
    const keys = new Set([...this.#deliveries].map((delivery) => delivery.key));
    // Our own one is beside them.
    if (!keys.has(key) && keys.size > MAXIMUM_SIGNATURES) {
      throw new MediaRefusal(
        'UNAVAILABLE',
        `The stage sends under ${MAXIMUM_SIGNATURES} different sets of payload types already`,
      );
    }
    const held = new Set(this.#held.get(receiver));
    if (!held.has(key) && held.size >= MAXIMUM_SIGNATURES_PER_RECEIVER) {
      throw new MediaRefusal(
        'UNAVAILABLE',
        `The participant receives under ${MAXIMUM_SIGNATURES_PER_RECEIVER} different sets of payload types already`,
      );
    }
  }

  #place(consumers: number): MediaWorker {
    const serving = new Set([...this.#deliveries].map(({ worker }) => worker).filter(({ alive }) => alive));
    const others = this.#options.workers().filter((worker) => !serving.has(worker));
    const worker = placeLease([...serving], others, consumers, this.#options.consumersPerWorker);
    if (this.#origin.router.closed || !worker) throw new MediaRefusal('UNAVAILABLE', 'The media worker is gone');
    return worker;
  }

  #delivery(worker: MediaWorker, { key, mediaCodecs }: DeliverySignature): Delivery {
    const existing = [...this.#deliveries].find((delivery) => delivery.worker === worker && delivery.key === key);
    if (existing) return existing;
    const opening = DeliveryRouter.open(this.#origin, worker, mediaCodecs);
    const delivery: Delivery = { worker, key, opening, opened: undefined, leases: 0 };
    this.#deliveries.add(delivery);
    const forget = () => this.#deliveries.delete(delivery);
    opening.then((router) => {
      router.once('closed', forget);
      router.on('pipebroken', () => this.emit('pipebroken'));
      // While it was opened, its holders may have let it go, or the origin may have closed.
      if (this.#deliveries.has(delivery)) delivery.opened = router;
      else router.close();
    }, forget);
    return delivery;
  }

  /** @returns lets it go, once */
  #hold(delivery: Delivery, receiver: string | undefined): () => void {
    delivery.leases += 1;
    const held = (receiver !== undefined && this.#held.get(receiver)) || [];
    held.push(delivery.key);
    if (receiver !== undefined) this.#held.set(receiver, held);
    let holding = true;
    return () => {
      if (!holding) return;
      holding = false;
      held.splice(held.indexOf(delivery.key), 1);
      if (receiver !== undefined && held.length === 0) this.#held.delete(receiver);
      delivery.leases -= 1;
      if (delivery.leases === 0) this.#close(delivery);
    };
  }

  #close(delivery: Delivery): void {
    this.#deliveries.delete(delivery);
    delivery.opened?.close();
  }

  #closeAll(): void {
    for (const delivery of this.#deliveries) this.#close(delivery);
  }
}
